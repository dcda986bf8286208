"""Rules about how samples are divided."""
