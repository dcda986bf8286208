"""How many pixels a picture has."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.pictures import Flags
from datastd.model import Level


@measure("F191", "image-very-large", unit="px", level=Level.WARN)
def area_px(image: Numbers) -> Flags:
    """
    Width times height of each picture.

    Shape (N,), int64.  Above 178,956,970 it is not decoded at all: F140.

    Why it matters:
        Decoding it takes as long as a thousand others, in every epoch.

    Remedy:
        Scale or tile the picture.

    Source:
        Pillow's ``MAX_IMAGE_PIXELS``, 89,478,485, above which it warns.
    """
    return np.full(len(image), image.shape[1] * image.shape[2])
