"""How far boxes reach beyond what can be a coordinate."""

import functools

import numpy as np
import polars as pl

from datastd.measures import Numbers, measure
from datastd.measures.boxes.in_words import beyond_range_px_said


@measure("F243", "voc-bbox-range", unit="px", over="annotations", words=beyond_range_px_said)
def beyond_range_px(  # noqa: PLR0913, PLR0917  -- a box, and the picture that it is in
    row: pl.Series, x_px: pl.Series, y_px: pl.Series, w_px: pl.Series, h_px: pl.Series,
    width_px: Numbers, height_px: Numbers,
) -> Numbers:  # fmt: skip
    """
    Pixels by which a corner of each box lies outside of 1 to the picture's width, or height.

    Coordinates of Pascal VOC are counted from 1, and the last is inclusive.  Shape (A,),
    float64, from 0; of the four, the most.  The size is that of the decoded picture.

    Why it matters:
        Detectron2 subtracts 1 from the first corner and not from the second: of a file that
        counts from 0 it makes boxes that begin at -1.  What lies outside of the picture is
        cut off by some loaders, and ends others.

    Remedy:
        Add 1 to all coordinates of a file that counts from 0 (F259), and clip the others.

    Source:
        Detectron2, pascal_voc.py, load_voc_instances.
    """
    left, top = x_px.to_numpy(), y_px.to_numpy()
    right = left + w_px.to_numpy() - width_px[row.to_numpy()]
    bottom = top + h_px.to_numpy() - height_px[row.to_numpy()]
    most: Numbers = functools.reduce(np.maximum, (-left, -top, right, bottom))
    return np.maximum(most, 0.0)
