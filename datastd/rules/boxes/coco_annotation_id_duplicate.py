"""F206."""

from typing import ClassVar

import polars as pl

from datastd.rules import GroupRule
from datastd.rules.boxes import IDS


class CocoAnnotationIdDuplicate(GroupRule):
    """
    Annotations of one file that have the same id.

    Why it matters:
        pycocotools keeps all of them under their image and the last one alone under the id:
        it evaluates the last one several times, and the others never. Measured: an AP of 1.0
        becomes 0.0.

    Remedy:
        Number the annotations anew.

    Source:
        pycocotools coco.py, ``createIndex``; detectron2 asserts that ids are unique.
    """

    code: ClassVar[str] = "F206"
    name: ClassVar[str] = "coco-annotation-id-duplicate"
    table: ClassVar[str] = "annotations"
    reads: ClassVar[tuple[str, ...]] = ("annotation",)
    meets_on: ClassVar[str | None] = "annotation"
    group: ClassVar[tuple[str, ...]] = ("annotation", "split")
    folds: ClassVar[bool] = True
    asks: ClassVar[tuple[str, ...]] = IDS

    def wrong(self) -> pl.Expr:
        return self.many("annotation", "split") > 1

    def bound(self) -> str:
        return "once in its file"
