"""F208."""

from typing import ClassVar

import polars as pl

from datastd.rules import GroupRule
from datastd.rules.boxes import IDS


class CocoCategoryIdDuplicate(GroupRule):
    """
    Categories of one split that have the same id.  What several files list alike is one.

    Why it matters:
        The last one gives its name to the objects of both.

    Remedy:
        Give each category an id of its own, and its annotations with it.

    Source:
        pycocotools coco.py, ``createIndex``.
    """

    code: ClassVar[str] = "F208"
    name: ClassVar[str] = "coco-category-id-duplicate"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("category",)
    meets_on: ClassVar[str | None] = "category"
    group: ClassVar[tuple[str, ...]] = ("category", "split")
    asks: ClassVar[tuple[str, ...]] = IDS

    def wrong(self) -> pl.Expr:
        return self.many("category", "split") > 1

    def bound(self) -> str:
        return "once in its split"
