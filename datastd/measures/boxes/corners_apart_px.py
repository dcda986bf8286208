"""How far the corners of boxes are apart."""

import numpy as np
import polars as pl

from datastd.measures import Numbers, measure
from datastd.measures.boxes.in_words import corners_apart_px_said


@measure("F242", "voc-bbox-order", unit="px", over="annotations", words=corners_apart_px_said)
def corners_apart_px(w_px: pl.Series, h_px: pl.Series) -> Numbers:
    """
    The lesser of ``xmax - xmin`` and ``ymax - ymin`` of each box, as Pascal VOC writes them.

    Shape (A,), float64; above 0 where the second corner is to the right of and below the first.

    Why it matters:
        A box without an inside gives a loss that is not a number, or a crop of nothing.

    Remedy:
        Exchange what was exchanged, or leave the box out.

    Source:
        datastd's own definition; the corners are inclusive, as the development kit says.
    """
    return np.asarray(np.minimum(w_px.to_numpy(), h_px.to_numpy())) - 1
