"""C296."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class CocoCategoryIsThing(RowRule):
    """
    Panoptic categories that do not say whether they are things: ``isthing`` is neither 0 nor 1.

    Why it matters:
        Things are matched one by one, and everything else as one region: the score of a category
        that says neither is anyone's guess, and loaders end with a KeyError.

    Remedy:
        Write 1 for what can be counted, 0 for what cannot.

    Source:
        cocodataset.org, "Data format", 4; panopticapi, evaluation.py.
    """

    code: ClassVar[str] = "C296"
    name: ClassVar[str] = "coco-category-is-thing"
    unit: ClassVar[str] = "categories"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("isthing",)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        sound = pl.col("isthing").is_between(0, 1).fill_null(value=False)
        return rows.filter(~sound).select(
            "key", "split", observed=pl.col("isthing").cast(pl.Float64)
        )

    def bound(self) -> str:
        return "0 or 1 as isthing"
