"""L105."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule


class DuplicateConflictingLabel(GroupRule):
    """
    The same image under different labels, in one split or across splits.

    Why it matters:
        One of the labels is wrong, and no model can be right about both.

    Remedy:
        Look at the group, keep the right label, drop the other samples.

    Source:
        deepchecks conflicting_labels, ratio 0.
    """

    code: ClassVar[str] = "L105"
    name: ClassVar[str] = "image-duplicate-conflicting-label"
    reads: ClassVar[tuple[str, ...]] = ("digest", "label")
    meets_on: ClassVar[str | None] = "digest"
    group: ClassVar[tuple[str, ...]] = ("digest",)
    folds: ClassVar[bool] = True
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"

    def wrong(self) -> pl.Expr:
        return pl.col("label").n_unique().over("digest") > 1

    def bound(self) -> str:
        return "under one label"
