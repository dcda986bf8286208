"""Whether a picture has the size that the file of its annotations states."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.boxes import Column

_TURNED = 5  # values of EXIF's orientation from here on swap width and height


@measure("C207", "coco-image-size-mismatch", unit="0, 1, or 2 where EXIF turns it")
def size_differs(
    width_px: Column,
    height_px: Column,
    orientation: Column,
    stated_width: Column,
    stated_height: Column,
) -> Numbers:
    """
    Whether each decoded picture has another width or height than is stated.

    Shape (N,), int64: 0 where they are equal; 2 where they would be if the picture were turned
    as its EXIF asks; else 1.

    Why it matters:
        Boxes and masks are measured on a picture of the stated size: on another they are
        somewhere else.

    Remedy:
        Find the picture that was annotated; turn the pixels of one that EXIF turns.

    Source:
        datastd's own definition.
    """
    wide, high, of, up = (
        np.asarray(one) for one in (width_px, height_px, stated_width, stated_height)
    )
    turned = (np.asarray(orientation) >= _TURNED) & (wide == up) & (high == of)
    differs = (wide != of) | (high != up)
    return np.where(differs, np.where(turned, 2, 1), 0)
