"""Whether annotations have a key that the evaluation overwrites."""

import polars as pl

from datastd.measures import measure
from datastd.measures.boxes.in_words import has_ignore_said
from datastd.model import Level


@measure(
    "F236",
    "coco-ignore-key",
    unit="0 or 1",
    level=Level.WARN,
    over="annotations",
    words=has_ignore_said,
)
def has_ignore(ignored: pl.Series) -> pl.Series:
    """
    Whether each annotation has a key ``ignore``.

    Shape (A,), Int64.

    Why it matters:
        pycocotools overwrites it with iscrowd: what should be ignored is evaluated.
        detectron2 asserts that it is 0.

    Remedy:
        Leave the annotation out, or make it a crowd.

    Source:
        cocoeval.py, ``_prepare``; detectron2 data/datasets/coco.py.
    """
    return ignored.cast(pl.Int64)
