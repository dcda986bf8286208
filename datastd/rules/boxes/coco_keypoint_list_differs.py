"""C294."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule


class CocoKeypointListDiffers(GroupRule):
    """
    Categories whose key points are others in another split, or in another order.

    Why it matters:
        Points are told apart by their place in the list: what one split calls the left hand is
        the right one in the other, and scores are of both.

    Remedy:
        Write one list of key points into all files, and their numbers with it.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C294"
    name: ClassVar[str] = "coco-keypoint-list-differs"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("points", "keypoints", "category")
    meets_on: ClassVar[str | None] = "category"
    group: ClassVar[tuple[str, ...]] = ("category",)
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"

    def wrong(self) -> pl.Expr:
        pointed = pl.when(pl.col("keypoints") > 0).then("points")
        return pointed.drop_nulls().n_unique().over("category") > 1

    def bound(self) -> str:
        return "the same key points in every split"
