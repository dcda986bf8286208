"""Rules about the classes of samples."""
