"""Instruments for turns: what is said in conversations, by whom, and in which order."""
