"""F207."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule
from datastd.rules.boxes import IDS


class CocoAnnotationIdZero(RowRule):
    """
    Annotations whose id is 0, or less. Results have none.

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
    reads: ClassVar[tuple[str, ...]] = ("annotation", "score")
    asks: ClassVar[tuple[str, ...]] = (*IDS, "score")

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        name = pl.col("annotation")
        odd = rows.filter(pl.col("score").is_null(), ~_is_above(name))
        bare = name.str.replace(r"^\d+\.", "")  # those of a second file of a split are called 1.17
        number = bare.cast(pl.Int64, strict=False).cast(pl.Float64)
        return odd.filter(~_is_above(bare)).select("key", "split", observed=number)

    def bound(self) -> str:
        return "at least 1"


def _is_above(name: pl.Expr) -> pl.Expr:
    """Whether names are numbers above 0."""
    return (name.cast(pl.Int64, strict=False) > 0).fill_null(value=False)
