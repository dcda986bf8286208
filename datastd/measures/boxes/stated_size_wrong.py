"""Whether a picture has the size that its annotation states."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.boxes.in_words import stated_size_wrong_said
from datastd.measures.pictures import Column, Flags


@measure("F246", "voc-size-mismatch", unit="0, 1, or 2 where swapped", words=stated_size_wrong_said)
def stated_size_wrong(image: Numbers, stated_width: Column, stated_height: Column) -> Flags:
    """
    Whether each picture has another width or height than its annotation states.

    Shape (N,), int64: 0 where they agree, 2 where width and height are swapped, and 1
    otherwise, also where the file states 0.

    Why it matters:
        Boxes are scaled by the stated size: by another they lie elsewhere, and by 0 nowhere.

    Remedy:
        Write the size of the stored pixels into the file; where it was turned as EXIF says,
        turn the picture.

    Source:
        PaddleLabel#81, where widths of 0 ended the training.
    """
    height, width = image.shape[1:3]
    wide, high = np.asarray(stated_width), np.asarray(stated_height)
    swapped = (wide == height) & (high == width)
    differs = (wide != width) | (high != height)
    return np.where(differs, np.where(swapped, 2, 1), 0).astype(np.int64)
