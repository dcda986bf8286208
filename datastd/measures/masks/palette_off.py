"""Whether a palette is that of Pascal VOC."""

import numpy as np
from numpy.typing import NDArray

from datastd.measures import measure
from datastd.measures.masks import Counts, Masks
from datastd.model import Level


def _colormap() -> NDArray[np.uint8]:
    """VOC's colours: bit 3 k of a number is bit 7 - k of red, the next of green, then of blue."""
    numbers = np.arange(256)
    colours = np.zeros((256, 3), np.int64)
    for k in range(8):
        for band in range(3):
            colours[:, band] |= (numbers >> (3 * k + band) & 1) << (7 - k)
    return colours.astype(np.uint8)


COLORMAP = _colormap()
"""Red, green and blue of each value; shape (256, 3)."""


@measure("F254", "mask-palette-nonstandard", unit="entries", level=Level.WARN)
def palette_off(mask_palette: Masks) -> Counts:
    """
    Entries of the palette of each mask that differ from VOC's; shape (N,), int64.

    A mask without a palette has none.

    Why it matters:
        Whoever decodes colours by VOC's palette, or shows the mask, sees another class.

    Remedy:
        Write VOC's palette, or masks without one.

    Source:
        VOC2012's development kit, VOClabelcolormap.m.
    """
    return np.array(
        [(one != COLORMAP[: len(one)]).any(axis=1).sum() for one in mask_palette], np.int64
    )
