"""The element type of an image."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.pixels import Counts


@measure("F194", "image-depth-unexpected", unit="bit")
def depth_bit(image: Numbers) -> Counts:
    """
    Bits of one element of each image, as it is stored.

    Shape (N,), int64; 8 for bytes, 32 for float32.

    Why it matters:
        Loaders scale by the element type: 8-bit pixels are divided by 255 and others
        are not, so that the same numbers in a wider type are another input.

    Remedy:
        Write all images in the element type that the standard names.

    Source:
        torchvision ToTensor; the standard's description of the dataset.
    """
    return np.full(len(image), image.dtype.itemsize * 8)
