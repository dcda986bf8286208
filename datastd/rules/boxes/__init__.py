"""Rules about boxes around objects."""
