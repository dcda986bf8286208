"""F205."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule
from datastd.rules.boxes import IDS


class CocoImageIdDuplicate(GroupRule):
    """
    Images of one file that have the same id.

    Why it matters:
        pycocotools keeps the last one: the boxes of both are drawn into it, and the other is
        never seen.

    Remedy:
        Give each image an id of its own, and its annotations with it.

    Source:
        pycocotools coco.py, ``createIndex``.
    """

    code: ClassVar[str] = "F205"
    name: ClassVar[str] = "coco-image-id-duplicate"
    reads: ClassVar[tuple[str, ...]] = ("image_id", "listed_in")
    meets_on: ClassVar[str | None] = "image_id"
    group: ClassVar[tuple[str, ...]] = ("image_id", "listed_in")
    folds: ClassVar[bool] = True
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"  # the annotations of both are mixed
    asks: ClassVar[tuple[str, ...]] = IDS

    def wrong(self) -> pl.Expr:
        return self.many("image_id", "listed_in") > 1

    def bound(self) -> str:
        return "once in its file"
