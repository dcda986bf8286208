"""L502."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule


class QaQuestionCrossSplit(GroupRule):
    """
    Questions that are asked in two splits about the same context.

    Compared is the `asked_hash`, as for C512.

    Why it matters:
        A model is scored on questions whose answers it was told.

    Remedy:
        Keep the question in the split that is measured with.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "L502"
    name: ClassVar[str] = "qa-question-cross-split"
    reads: ClassVar[tuple[str, ...]] = ("asked_hash",)
    meets_on: ClassVar[str | None] = "asked_hash"
    group: ClassVar[tuple[str, ...]] = ("asked_hash",)
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    def wrong(self) -> pl.Expr:
        return pl.col("split").n_unique().over("asked_hash") > 1

    def bound(self) -> str:
        return "in one split"
