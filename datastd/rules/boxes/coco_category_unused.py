"""C204."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import RowRule
from datastd.rules.boxes import IDS


class CocoCategoryUnused(RowRule):
    """
    Categories without an annotation in a split to train on.

    Why it matters:
        The category has an output, and nothing to learn it from.

    Remedy:
        Annotate it, or take it out of the list.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C204"
    name: ClassVar[str] = "coco-category-unused"
    unit: ClassVar[str] = "categories"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("samples",)
    asks: ClassVar[tuple[str, ...]] = IDS

    level: Level = Level.WARN

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        to_train = pl.col("split").str.split("/").list.last().str.starts_with("train")
        used = (pl.col("samples") > 0).fill_null(value=False)
        return rows.filter(to_train & ~used).select(
            "key", "split", observed=pl.col("samples").cast(pl.Float64)
        )

    def bound(self) -> str:
        return "at least 1 annotation"
