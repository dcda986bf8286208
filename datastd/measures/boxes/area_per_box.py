"""How much of its box an object can fill."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import HUGE, Box, Floats
from datastd.measures.boxes.in_words import area_per_box_said

_ROUNDED = 4.0  # px² by which a mask and its polygon may differ, whatever their size


@measure(
    "F219",
    "coco-area-exceeds-bbox",
    unit="area of the box",
    over="annotations",
    words=area_per_box_said,
)
@HUGE
def area_per_box(area_px: pl.Series, box: Box) -> Floats:
    """
    Stated area of each object, less 4 px², as a share of that of its box.

    Shape (A,), float64; no number where the box has none, and the object has more than 4 px².

    Why it matters:
        No object is larger than its box: one of the two is wrong.

    Remedy:
        Measure the box anew, and compute the area of the outline.

    Source:
        datastd's own definition.
    """
    more, inside = area_px.fill_null(0).to_numpy() - _ROUNDED, box.w * box.h
    share = np.where(more <= 0, 0.0, np.nan)
    return np.divide(more, inside, out=share, where=(more > 0) & (inside > 0))
