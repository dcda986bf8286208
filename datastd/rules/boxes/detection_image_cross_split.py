"""L201."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule


class DetectionImageCrossSplit(GroupRule):
    """
    Images that are in more than one split: the same pixels, or the same id and file's name.

    Ids alone are not compared: files that number their images from 1 share all of them. What
    nearly repeats an image of another split is L104's.

    Why it matters:
        A detector scored on what it was trained on is scored on memory.

    Remedy:
        Keep each image in one split, with its annotations.

    Source:
        LIVECell#26; fairface#21.
    """

    code: ClassVar[str] = "L201"
    name: ClassVar[str] = "detection-image-cross-split"
    table: ClassVar[str] = "pictured"
    reads: ClassVar[tuple[str, ...]] = ("picture",)
    meets_on: ClassVar[str | None] = "picture"
    group: ClassVar[tuple[str, ...]] = ("picture",)
    folds: ClassVar[bool] = True
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    def wrong(self) -> pl.Expr:
        return pl.col("split").n_unique().over("picture") > 1

    def bound(self) -> str:
        return "in one split"
