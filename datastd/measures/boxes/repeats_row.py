"""Whether a row is there twice."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import Numbers
from datastd.model import Level


@measure("F267", "yolo-row-duplicate", unit="0 or 1", level=Level.WARN, over="annotations")
def repeats_row(repeats: pl.Series) -> Numbers:
    """
    Whether each row has the numbers of one before it in its file, however they are written.

    Shape (A,), int64.

    Why it matters:
        An object that is there twice is learned twice, and one of the two is always missed.
        Ultralytics takes such rows out as it reads.

    Remedy:
        Take it out of the file.

    Source:
        Ultralytics, data/utils.py, verify_image_label: "duplicate labels removed".
    """
    return np.asarray(repeats).astype(np.int64)
