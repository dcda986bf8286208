"""Whether single objects have a mask of run lengths."""

import polars as pl

from datastd.measures import measure
from datastd.measures.boxes.in_words import instance_of_runs_said
from datastd.measures.boxes.outlines import RUNS
from datastd.model import Level


@measure(
    "F298",
    "coco-rle-of-an-instance",
    unit="0 or 1",
    level=Level.WARN,
    over="annotations",
    words=instance_of_runs_said,
)
def instance_of_runs(crowd: pl.Series, shape: pl.Series) -> pl.Series:
    """
    Whether each annotation is of one object, and has a mask of run lengths.

    Shape (A,), int64.

    Why it matters:
        It is allowed, but not in all that reads ``instances``: code that takes objects for
        polygons fails.

    Remedy:
        Say so to who reads it, or write polygons.

    Source:
        datastd's own definition: a lesser step of F226.
    """
    return ((crowd == 0) & (shape >= RUNS)).cast(pl.Int64)
