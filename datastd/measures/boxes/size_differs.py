"""Whether a picture has the size that the file of its annotations states."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.boxes import Column
from datastd.measures.boxes.in_words import size_differs_said

_TURNED = 5  # EXIF's orientation from here on swaps width and height


@measure(
    "C207",
    "coco-image-size-mismatch",
    unit="0, 1, or 2 where EXIF turns it",
    words=size_differs_said,
)
def size_differs(
    image: Numbers, orientation: Column, stated_width: Column, stated_height: Column
) -> Numbers:
    """
    Whether each decoded picture has another width or height than its file of annotations states.

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
    height, width = image.shape[1:3]
    wide, high = np.asarray(stated_width), np.asarray(stated_height)
    turned = (np.asarray(orientation) >= _TURNED) & (wide == height) & (high == width)
    differs = (wide != width) | (high != height)
    return np.where(differs, np.where(turned, 2, 1), 0)
