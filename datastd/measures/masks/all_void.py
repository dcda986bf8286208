"""Whether a panoptic mask has no segment."""

import numpy as np
import polars as pl

from datastd.measures import measure, words
from datastd.measures.masks import Counts, Masks


@words()
def all_void_said(mask: Masks) -> pl.Series:
    """What it has."""
    return pl.Series(["expected segments, found void alone"] * len(mask))


@measure("F292", "panoptic-all-void", unit="0 or 1", words=all_void_said)
def all_void(mask: Masks) -> Counts:
    """
    Whether every pixel of each panoptic mask is of no segment, which is 0.

    Shape (N,), int64.

    Why it matters:
        Nothing is learned from the picture, and nothing measured: a batch of such has a loss of
        0 / 0.

    Remedy:
        Annotate the picture, or leave it out.

    Source:
        datastd's own definition; F256 of masks of classes.
    """
    return np.array([not one.any() for one in mask], np.int64)
