"""L102."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule


class ExactDuplicateCrossSplit(GroupRule):
    """
    Images that occur in more than one split: same size and pixels.

    Why it matters:
        A model scored on what it was trained on is scored on memory.  Of the
        CIFAR-10 test images 3.3 % nearly repeat a training image, of CIFAR-100's
        10 %.

    Remedy:
        Keep each image in one split and drop it from the others.

    Source:
        Barz & Denzler 2020, J. Imaging 6(6):41.
    """

    code: ClassVar[str] = "L102"
    name: ClassVar[str] = "image-exact-duplicate-cross-split"
    reads: ClassVar[tuple[str, ...]] = ("digest", "split")
    meets_on: ClassVar[str | None] = "digest"
    group: ClassVar[tuple[str, ...]] = ("digest",)
    folds: ClassVar[bool] = True
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    def wrong(self) -> pl.Expr:
        return pl.col("split").n_unique().over(*self.group) > 1

    def bound(self) -> str:
        return "in one split"
