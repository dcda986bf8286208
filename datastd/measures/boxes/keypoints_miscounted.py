"""Whether the labelled key points are counted."""

import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import Numbers
from datastd.measures.boxes.in_words import keypoints_miscounted_said


@measure(
    "F233",
    "coco-num-keypoints-mismatch",
    unit="key points",
    over="annotations",
    words=keypoints_miscounted_said,
)
def keypoints_miscounted(
    keypoint_faults: Numbers,
    keypoints: pl.Series,
    keypoints_stated: pl.Series,
    keypoints_wanted: pl.Series,
) -> pl.Series:
    """
    By how many ``num_keypoints`` of each annotation differs from the key points with v above 0.

    Shape (A,), Int64, from 0; null where none is stated of an object that has key points, or
    should.

    Why it matters:
        The evaluation leaves objects out that state 0, whatever is labelled.

    Remedy:
        Count them anew.

    Source:
        COCO's data format; cocoeval.py, ``_prepare``.
    """
    none = (keypoints.list.len().fill_null(0) == 0) & (keypoints_wanted.fill_null(0) == 0)
    stated = keypoints_stated.set(none & keypoints_stated.is_null(), 0)
    return (stated - pl.Series(keypoint_faults[:, 0], dtype=pl.Int64)).abs()
