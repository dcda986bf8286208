"""C293."""

from typing import ClassVar

import polars as pl

from datastd.rules.boxes.absence import AbsenceRule


class CocoKeypointsNone(AbsenceRule):
    """
    Splits in which no object has a key point that is stated.

    Why it matters:
        Nothing is learned, and nothing measured: evaluators leave out what has none, and a score
        over nothing is -1.

    Remedy:
        Annotate key points, or name a standard of objects without.

    Source:
        pycocotools cocoeval.py, ``_prepare``, which ignores what has ``num_keypoints`` 0.
    """

    code: ClassVar[str] = "C293"
    name: ClassVar[str] = "coco-keypoints-none"
    table: ClassVar[str] = "annotations"
    reads: ClassVar[tuple[str, ...]] = ("keypoints_stated",)

    def has(self) -> pl.Expr:
        return pl.col("keypoints_stated") > 0

    def bound(self) -> str:
        return "key points in some of its objects"
