"""How far fractions are from being fractions."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import Floats


@measure("F266", "yolo-value-out-of-range", unit="fraction of the picture", over="annotations")
def outside_fraction(lowest: pl.Series, highest: pl.Series) -> Floats:
    """
    How far the number of each row that is farthest outside of 0 to 1 is outside of it.

    Shape (A,), float64, from 0.  The numbers are centre, width and height, or the points of a
    polygon, and key points, whose visibility is none of them.

    Why it matters:
        Ultralytics leaves the whole file out, with a warning: most often the numbers are pixels.

    Remedy:
        Divide by the width and the height of the picture, and clip what is beyond its edges.

    Source:
        Ultralytics, data/utils.py, verify_image_label: "non-normalized or out of bounds".
    """
    beyond: Floats = np.maximum(-lowest.to_numpy(), highest.to_numpy() - 1)
    return np.maximum(beyond, 0.0)
