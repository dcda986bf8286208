"""How a picture is to be turned."""

import numpy as np

from datastd.measures import measure
from datastd.measures.pictures import Column, Flags


@measure("F137", "exif-orientation-not-upright", unit="EXIF tag 274")
def exif_orientation(orientation: Column) -> Flags:
    """
    How each picture is to be turned before it is shown: 1 not at all, 2 to 8 as EXIF says.

    Shape (N,), int64; 1 where nothing is said, other numbers where EXIF says nonsense.

    Why it matters:
        OpenCV turns the pixels and Pillow does not: a network sees one picture upright in
        training and lying in production, and boxes drawn on one do not fit the other.

    Remedy:
        Turn the pixels (``PIL.ImageOps.exif_transpose``) and save without the tag.

    Source:
        EXIF 2.32, tag 274; seen in ImageNet's n02951585_can_opener.
    """
    return np.asarray(orientation).astype(np.int64)
