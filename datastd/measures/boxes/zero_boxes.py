"""How many boxes of a picture begin at 0."""

import numpy as np
import polars as pl

from datastd.measures import Numbers, measure
from datastd.model import Level


@measure("F259", "voc-zero-based", unit="boxes", level=Level.WARN)
def zero_boxes(annotations: pl.DataFrame, annotated_in: pl.Series) -> Numbers:
    """
    Boxes of each picture with a first corner at 0: its file probably counts from 0.

    Shape (N,), int64.  Pascal VOC counts from 1, so that each of them is out of range, too
    (F243); here a file is named once.

    Why it matters:
        In such a file the boxes that are in range are a pixel off as well, and nothing says so.

    Remedy:
        Add 1 to every coordinate of the file.

    Source:
        The development kit of the challenge: the top left pixel is (1, 1).
    """
    zero = (pl.col("x_px") == -1) | (pl.col("y_px") == -1)
    rows = annotations.filter(zero).get_column("row").to_numpy()
    return np.bincount(rows, minlength=len(annotated_in)).astype(np.int64)
