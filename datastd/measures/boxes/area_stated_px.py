"""What areas annotations state."""

import polars as pl

from datastd.measures import measure


@measure("F217", "coco-area-nonpositive", unit="px²", over="annotations")
def area_stated_px(area_px: pl.Series) -> pl.Series:
    """
    Area of each object, as stated.

    Shape (A,), Float64.

    Why it matters:
        An area of 0 is in none of COCO's sizes that a box of it is in, and weights by area
        divide by it.

    Remedy:
        Compute the area of the outline anew.

    Source:
        cocoapi#355: an area of 0.0.
    """
    return area_px
