"""Rules about vectors that a network made of samples."""
