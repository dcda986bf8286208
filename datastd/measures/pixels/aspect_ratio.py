"""How far an image is from square."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.pixels import Floats
from datastd.model import Level


@measure("Q103", "image-odd-aspect-ratio", unit="short side / long side", level=Level.WARN)
def aspect_ratio(image: Numbers) -> Floats:
    """
    The shorter side of each image divided by the longer one, from 0 to 1.

    Shape (N,), float64.

    Why it matters:
        A long strip is squeezed beyond recognition, or all but a piece of it is cut away,
        when it is made square for a network.

    Remedy:
        Crop the sample to what its label is about, or leave it out.

    Source:
        CleanVision image_property.py, threshold 0.35; data-juicer keeps 0.333 to 3.
    """
    short, long = sorted(image.shape[1:3])
    return np.full(len(image), short / long)
