"""Whether a class has a number that no name is given to."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import Numbers
from datastd.measures.boxes.in_words import class_unnamed_said


@measure("F265", "yolo-class-unknown", unit="0 or 1", over="annotations", words=class_unnamed_said)
def class_unnamed(class_name: pl.Series) -> Numbers:
    """
    Whether the number of each object's class is none of those that have a name.

    Shape (A,), int64.  Negative numbers have none.

    Why it matters:
        Ultralytics leaves the whole file out, with a warning; darknet writes beyond the end of
        an array.

    Remedy:
        Count classes from 0, and name each in ``names``.

    Source:
        Ultralytics, data/utils.py, verify_image_label: "label class exceeds dataset class count".
    """
    return np.asarray(class_name.is_null()).astype(np.int64)
