"""How bright an image is."""

import numpy as np

from datastd.measures import measure
from datastd.measures.pixels import Floats, Moments
from datastd.model import Level


@measure("Q199", "image-mean-outside", unit="element", level=Level.WARN)
def mean(moments: Moments) -> Floats:
    """
    Mean of the finite pixels of each image, in units of the element type.

    Shape (N,), float64; NaN where no pixel is finite, which no limit admits.

    Why it matters:
        An image far from all others in brightness is often inverted, faded or from
        another source.

    Remedy:
        Look at the samples named; invert, rescale or leave them out.

    Source:
        Arithmetic mean; datastd's own limits.
    """
    with np.errstate(invalid="ignore"):
        return moments.total / moments.finite
