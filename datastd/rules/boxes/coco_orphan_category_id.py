"""C202."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule
from datastd.rules.boxes import IDS


class CocoOrphanCategoryId(RowRule):
    """
    Annotations whose category is not in the list of categories.

    Why it matters:
        detectron2 ends with a KeyError; pycocotools never evaluates them, and says nothing.

    Remedy:
        Add the category, or correct the id.

    Source:
        detectron2 data/datasets/coco.py.
    """

    code: ClassVar[str] = "C202"
    name: ClassVar[str] = "coco-orphan-category-id"
    unit: ClassVar[str] = "annotations"
    table: ClassVar[str] = "annotations"
    reads: ClassVar[tuple[str, ...]] = ("category", "class_name")
    asks: ClassVar[tuple[str, ...]] = IDS

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        odd = rows.filter(pl.col("category").is_not_null(), pl.col("class_name").is_null())
        return odd.select("key", "split", observed=pl.col("category").cast(pl.Float64))

    def bound(self) -> str:
        return "the id of a category that is listed"
