"""L101."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import GroupRule


class ExactDuplicate(GroupRule):
    """
    Images that occur more than once in a split: same size and pixels.

    Why it matters:
        A repeated sample counts twice in the loss and in the score, and a model
        memorises what it sees often.

    Remedy:
        Keep the first of each group.

    Source:
        CleanVision, whose hash leaves the shape out.
    """

    code: ClassVar[str] = "L101"
    name: ClassVar[str] = "image-exact-duplicate"
    reads: ClassVar[tuple[str, ...]] = ("digest",)
    meets_on: ClassVar[str | None] = "digest"
    group: ClassVar[tuple[str, ...]] = ("digest", "split")
    folds: ClassVar[bool] = True

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        return self.many("digest", "split") > 1

    def bound(self) -> str:
        return "once in its split"
