"""Whether a panoptic mask is in colours."""

import polars as pl

from datastd.measures import measure


@measure("F291", "panoptic-mask-mode", unit="mode")
def colour_mode(mask_mode: pl.Series) -> pl.Series:
    """
    Pillow's name of how each panoptic mask is stored; shape (N,), String.

    Why it matters:
        A segment's number is R + 256 G + 65536 B: of a mask in grey, or with a palette, panopticapi
        and its kin make other numbers, or end.

    Remedy:
        Write the mask as a PNG of three times 8 bits.

    Source:
        cocodataset.org, "Data format", 4; panopticapi, utils.py, rgb2id.
    """
    return mask_mode
