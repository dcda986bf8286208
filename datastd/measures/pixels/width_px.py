"""The width of an image."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.pixels import Counts


@measure("F197", "image-width-unexpected", unit="px")
def width_px(image: Numbers) -> Counts:
    """
    Width of each image in pixels.

    Shape (N,), int64.

    Why it matters:
        A network with a linear first layer takes one size, and a resize that was not
        meant changes what it sees.

    Remedy:
        Write all images in the size that the standard names.

    Source:
        The standard's description of the dataset.
    """
    return np.full(len(image), image.shape[2])
