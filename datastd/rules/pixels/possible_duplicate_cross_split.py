"""L196."""

from typing import ClassVar, Literal

import polars as pl
from pydantic import Field

from datastd.model import Level
from datastd.rules import LikenessRule, across_splits


class PossibleDuplicateCrossSplit(LikenessRule):
    """
    Images that look like one of another split, with hashes further apart than L104 asks.

    The second step of L104: hashes that differ in 5 to 10 bits, and pictures that pass the
    second look.

    Why it matters:
        A crop of 5 % moves half of all hashes by more than 4 bits: what L104 leaves out is
        not all unrelated.

    Remedy:
        Look at the pairs; keep each group in one split.

    Source:
        datastd's own definition: a lesser step of L104.
    """

    code: ClassVar[str] = "L196"
    name: ClassVar[str] = "image-possible-duplicate-cross-split"
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    level: Level = Level.WARN
    distance: int = Field(default=10, ge=0, le=32)
    beyond: int = Field(default=4, ge=-1, le=31)

    def related(self) -> pl.Expr:
        return across_splits()

    def bound(self) -> str:
        return "like none of another split"
