"""Whether there are as many key points as the category has."""

import polars as pl

from datastd.measures import measure


@measure("F232", "coco-keypoints-length", unit="numbers", over="annotations")
def keypoints_off(keypoints: pl.Series, keypoints_wanted: pl.Series) -> pl.Series:
    """
    Numbers that each annotation's key points have more or fewer than three for each of its category.

    Shape (A,), Int64, from 0.

    Why it matters:
        Points are told apart by their place in the list: all behind a missing one are of
        another joint.

    Remedy:
        Write x, y and v of each key point, 0 for one that is not labelled.

    Source:
        COCO's data format.
    """
    there = keypoints.list.len().fill_null(0).cast(pl.Int64)
    return (there - 3 * keypoints_wanted.fill_null(0)).abs()
