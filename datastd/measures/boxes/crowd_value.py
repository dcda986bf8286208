"""Whether annotations say that they are of a crowd."""

import polars as pl

from datastd.measures import measure


@measure("F210", "coco-iscrowd-value", unit="0 or 1", over="annotations")
def crowd_value(crowd: pl.Series) -> pl.Series:
    """
    What each annotation says that it is: one object, 0, or a crowd, 1.

    Shape (A,), Int64, as stated.

    Why it matters:
        The evaluation takes whatever is not 0 for a crowd, which no detection has to find.

    Remedy:
        Write 0 for one object, 1 for a crowd.

    Source:
        COCO's data format.
    """
    return crowd
