"""Whether there are as many key points as the category has."""

import polars as pl

from datastd.measures import measure
from datastd.measures.boxes.in_words import keypoints_off_said


@measure(
    "F232", "coco-keypoints-length", unit="numbers", over="annotations", words=keypoints_off_said
)
def keypoints_off(keypoints: pl.Series, keypoints_wanted: pl.Series) -> pl.Series:
    """
    By how many numbers each annotation's key points are more or fewer than its category has.

    Shape (A,), Int64, from 0. There are three numbers for each key point. 0 where no category says
    how many there should be.

    Why it matters:
        Points are told apart by their place in the list: all behind a missing one are of
        another joint.

    Remedy:
        Write x, y and v of each key point, 0 for one that is not labelled.

    Source:
        COCO's data format.
    """
    there = keypoints.list.len().fill_null(0).cast(pl.Int64)
    return (there - 3 * keypoints_wanted).abs().fill_null(0)
