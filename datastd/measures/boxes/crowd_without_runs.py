"""Whether crowds have a mask."""

import polars as pl

from datastd.measures import measure
from datastd.measures.boxes.in_words import crowd_without_runs_said
from datastd.measures.boxes.outlines import RUNS


@measure(
    "F226",
    "coco-segm-type-vs-iscrowd",
    unit="0 or 1",
    over="annotations",
    words=crowd_without_runs_said,
)
def crowd_without_runs(crowd: pl.Series, shape: pl.Series) -> pl.Series:
    """
    Whether each annotation is of a crowd, and has no mask of run lengths.

    Shape (A,), int64.

    Why it matters:
        pycocotools merges polygons into one mask that means an object; code that reads
        crowds fails on lists.

    Remedy:
        Write the crowd's mask as run lengths, or iscrowd 0.

    Source:
        COCO's data format.
    """
    return ((crowd == 1) & (shape < RUNS)).cast(pl.Int64)
