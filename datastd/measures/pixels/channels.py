"""The channels of an image."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.pixels import Counts


@measure("F196", "image-channels-unexpected", unit="channel")
def channels(image: Numbers) -> Counts:
    """
    Number of channels of each image.

    Shape (N,), int64; 1 grey, 3 colour, 4 colour with alpha.

    Why it matters:
        A grey image repeated over three channels is another input than a colour image.

    Remedy:
        Write all images in the mode that the standard names.

    Source:
        The standard's description of the dataset.
    """
    return np.full(len(image), image.shape[3])
