"""Whether a panoptic mask has no segment."""

import numpy as np

from datastd.measures import measure
from datastd.measures.masks import Counts, Masks


@measure("F292", "panoptic-all-void", unit="0 or 1")
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
