"""Rules about conversations, and about pairs of answers."""
