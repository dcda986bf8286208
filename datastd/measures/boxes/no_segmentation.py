"""Whether annotations have an outline."""

import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import Box
from datastd.measures.boxes.in_words import no_segmentation_said
from datastd.measures.boxes.outlines import NONE, POLYGONS
from datastd.model import Level


@measure(
    "F231",
    "coco-segmentation-empty",
    unit="0 or 1",
    level=Level.WARN,
    over="annotations",
    words=no_segmentation_said,
)
def no_segmentation(shape: pl.Series, rings: pl.Series, box: Box) -> pl.Series:
    """
    Whether each object, which has a box, has no outline: none at all, or no polygon.

    Shape (A,), int64.

    Why it matters:
        detectron2 keeps the box alone; evaluation of masks raises.

    Remedy:
        Draw the outline, or evaluate boxes alone.

    Source:
        detectron2 data/datasets/coco.py; pycocotools cocoeval.py.
    """
    no_polygon = (shape == POLYGONS) & (rings.list.len().fill_null(0) == 0)
    return (((shape == NONE) | no_polygon) & pl.Series(box.stated)).cast(pl.Int64)
