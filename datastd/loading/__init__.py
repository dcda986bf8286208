"""
Certified samples in the order of an epoch: permuted or streamed, sliced by rank, made ahead.

It knows no model, and trains nothing: a loop of one's own reads through it as the trainer does.
"""

from datastd.loading.feed import Feed, Part, Share

__all__ = ["Feed", "Part", "Share"]
