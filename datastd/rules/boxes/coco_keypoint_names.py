"""C295."""

from typing import ClassVar

import polars as pl

from datastd.names import folded
from datastd.rules import RowRule


class CocoKeypointNames(RowRule):
    """
    Categories of which two key points are called the same, or one has no name.

    Compared as by C211: without case, width and marks that nobody sees.

    Why it matters:
        Left and right are told apart by names alone: flipped pictures exchange the points by
        them, and of two that are called the same one is lost.

    Remedy:
        Give each key point a name of its own.

    Source:
        detectron2 data/datasets/coco.py, ``keypoint_names`` and ``keypoint_flip_map``.
    """

    code: ClassVar[str] = "C295"
    name: ClassVar[str] = "coco-keypoint-names"
    unit: ClassVar[str] = "categories"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("points", "keypoints")
    version: ClassVar[int] = 2

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        asked = rows.filter(pl.col("keypoints") > 0)
        many = [len({folded(one) for one in of.split("\n")} - {""}) for of in asked["points"]]
        odd = pl.Series(many, dtype=pl.Int64) < asked["keypoints"]
        return asked.filter(odd).select(
            "key", "split", observed=pl.col("keypoints").cast(pl.Float64)
        )

    def bound(self) -> str:
        return "a name of its own for each key point"
