"""Whether a mask has the size of its image."""

import numpy as np
import polars as pl

from datastd.measures import Numbers, measure, words
from datastd.measures.masks import Counts, Masks


@words()
def mask_size_off_px_said(image: Numbers, mask: Masks, instance_mask: Masks) -> pl.Series:
    """Both sizes; of two masks, that which is further off."""
    height, width = image.shape[1:3]
    there = [one.shape for one in (*mask, *instance_mask) if one.size]
    high, wide = max(there, key=lambda one: abs(one[0] - height) + abs(one[1] - width))
    said = f"expected {width} × {height} px, as its image, found {wide} × {high} px"
    return pl.Series([said])


@measure("F252", "mask-size-mismatch", unit="px", words=mask_size_off_px_said)
def mask_size_off_px(image: Numbers, mask: Masks, instance_mask: Masks) -> Counts:
    """
    How far width and height of each mask are from those of its image, together.

    Shape (N,), int64; of two masks, that which is further off.  As stored: EXIF turns neither.

    Why it matters:
        A loader crops, stretches, or ends; one that resizes both to one size trains each pixel
        on the class of another.

    Remedy:
        Write the mask anew from its annotation; where it was resized, by nearest neighbour.

    Source:
        datastd's own definition.
    """
    height, width = image.shape[1:3]
    there = [one.shape for one in (*mask, *instance_mask) if one.size]
    return np.array([max(abs(h - height) + abs(w - width) for h, w in there)], np.int64)
