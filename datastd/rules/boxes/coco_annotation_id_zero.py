"""F207."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule
from datastd.rules.boxes import IDS, whole


class CocoAnnotationIdZero(RowRule):
    """
    Annotations whose id is 0, or less.

    Why it matters:
        pycocotools notes for each detection the id of what it matches, and asks whether that is
        one: a match with 0 is none. Measured: an AP of 1.0 becomes 0.0.

    Remedy:
        Number the annotations from 1.

    Source:
        cocoeval.py, lines 350 to 360, of pycocotools 2.0.11.
    """

    code: ClassVar[str] = "F207"
    name: ClassVar[str] = "coco-annotation-id-zero"
    unit: ClassVar[str] = "annotations"
    table: ClassVar[str] = "annotations"
    reads: ClassVar[tuple[str, ...]] = ("annotation",)
    asks: ClassVar[tuple[str, ...]] = IDS

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        number = whole(pl.col("annotation"))
        above = (number >= 1).fill_null(value=False)
        return rows.filter(~above).select("key", "split", observed=number.cast(pl.Float64))

    def bound(self) -> str:
        return "at least 1"
