"""Rules about masks: of classes, of instances, and of panoptic segments."""
