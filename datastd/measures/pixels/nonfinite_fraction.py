"""Pixels that are no number."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.pixels import Floats


@measure("F195", "image-nonfinite", unit="fraction of elements")
def nonfinite_fraction(image: Numbers) -> Floats:
    """
    Share of elements of each image that are NaN or infinite, all channels counted.

    Shape (N,), float64; 0 for integers.

    Why it matters:
        One NaN in one image makes every weight NaN after one step.

    Remedy:
        Find the division or the cast that made it, and write the sample again.

    Source:
        IEEE 754; datastd's own limit, 0.
    """
    if image.dtype.kind != "f":
        return np.zeros(len(image))
    finite: Floats = np.isfinite(image).mean(axis=(1, 2, 3))
    return 1.0 - finite
