"""Instruments for boxes around objects."""
