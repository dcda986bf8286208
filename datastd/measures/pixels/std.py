"""How much the pixels of an image vary."""

import numpy as np

from datastd.measures import measure
from datastd.measures.pixels import Floats, Moments
from datastd.model import Level


@measure("Q198", "image-std-outside", unit="element", level=Level.WARN)
def std(moments: Moments) -> Floats:
    """
    Standard deviation of the finite pixels of each image, in units of the element type.

    Of the whole population (divided by N); shape (N,), float64; NaN where no pixel is
    finite.

    Why it matters:
        Nearly flat images carry no signal and noise has more than any picture.

    Remedy:
        Look at the samples named; capture them again or leave them out.

    Source:
        Population standard deviation; datastd's own limits.
    """
    with np.errstate(invalid="ignore"):
        return np.sqrt(moments.squares / moments.finite)
