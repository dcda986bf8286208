"""F209."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import RowRule
from datastd.rules.boxes import IDS


class CocoCategoryIdZero(RowRule):
    """
    Categories whose id is 0, or less.

    Why it matters:
        Many heads keep 0 for the background: objects of the category are learned as nothing.

    Remedy:
        Number the categories from 1, and say so to loaders that map ids anew.

    Source:
        detectron2 data/datasets/coco.py, which expects 1 to K.
    """

    code: ClassVar[str] = "F209"
    name: ClassVar[str] = "coco-category-id-zero"
    unit: ClassVar[str] = "categories"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("category",)
    asks: ClassVar[tuple[str, ...]] = IDS

    level: Level = Level.WARN

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        above = (pl.col("category") >= 1).fill_null(value=False)
        return rows.filter(~above).select(
            "key", "split", observed=pl.col("category").cast(pl.Float64)
        )

    def bound(self) -> str:
        return "at least 1"
