"""L104."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import LikenessRule, across_splits


class NearDuplicateCrossSplit(LikenessRule):
    """
    Images that nearly repeat one of another split: compressed, resized or cropped anew.

    As L103, between splits; what equals another to the byte is L102's. Pairs of hashes
    further apart are judged by L196, which warns.

    Why it matters:
        A model scored on what it was trained on is scored on memory. Of the CIFAR-10 test
        images 3.3 % nearly repeat a training image, of CIFAR-100's 10 %.

    Remedy:
        Keep each group in one split and drop it from the others.

    Source:
        Barz & Denzler 2020, J. Imaging 6(6):41; distance 4.
    """

    code: ClassVar[str] = "L104"
    name: ClassVar[str] = "image-near-duplicate-cross-split"
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    def related(self) -> pl.Expr:
        return across_splits()

    def bound(self) -> str:
        return "like none of another split"
