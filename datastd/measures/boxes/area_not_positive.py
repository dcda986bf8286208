"""Whether stated areas are areas."""

import polars as pl

from datastd.measures import measure
from datastd.measures.boxes.in_words import area_not_positive_said


@measure(
    "F217", "coco-area-nonpositive", unit="0 or 1", over="annotations", words=area_not_positive_said
)
def area_not_positive(area_px: pl.Series) -> pl.Series:
    """
    Whether the area that each annotation states is 0, or less.

    Shape (A,), Int64.

    Why it matters:
        The object counts among the small ones, whatever it is; weights by area divide by it.

    Remedy:
        Compute the area of the outline anew.

    Source:
        cocoapi#355: an area of 0.0.
    """
    is_area = pl.Series(area_px.to_numpy() > 0)  # of numpy: for polars, NaN is above 0
    return (area_px.is_not_null() & ~is_area).cast(pl.Int64)
