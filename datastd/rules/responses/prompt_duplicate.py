"""L601."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import GroupRule


class PromptDuplicate(GroupRule):
    """
    Samples that are asked the same: all that comes before the answer, whatever its case.

    Compared is the `prompt_digest`, in one split or across splits.  A sample in which nothing
    is asked is like no other.

    Why it matters:
        What is asked twice counts twice; in another split it is no test.

    Remedy:
        Keep the first of each group.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "L601"
    name: ClassVar[str] = "prompt-duplicate"
    reads: ClassVar[tuple[str, ...]] = ("prompt_digest",)
    meets_on: ClassVar[str | None] = "prompt_digest"
    group: ClassVar[tuple[str, ...]] = ("prompt_digest",)
    folds: ClassVar[bool] = True

    level: Level = Level.WARN

    def lacks(self) -> pl.Expr:
        return pl.lit(value=False)

    def wrong(self) -> pl.Expr:
        return pl.col("prompt_digest").is_not_null() & (self.many("prompt_digest") > 1)

    def bound(self) -> str:
        return "asked once"
