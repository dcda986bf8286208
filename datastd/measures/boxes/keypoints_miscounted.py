"""Whether the labelled key points are counted."""

import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import Numbers


@measure("F233", "coco-num-keypoints-mismatch", unit="key points", over="annotations")
def keypoints_miscounted(keypoint_faults: Numbers, keypoints_stated: pl.Series) -> pl.Series:
    """
    By how many ``num_keypoints`` of each annotation differs from the key points with v above 0.

    Shape (A,), Int64, from 0; null where none is stated.

    Why it matters:
        The evaluation leaves objects out that state 0, whatever is labelled.

    Remedy:
        Count them anew.

    Source:
        COCO's data format; cocoeval.py, ``_prepare``.
    """
    return (keypoints_stated - pl.Series(keypoint_faults[:, 0])).abs()
