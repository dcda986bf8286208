"""L701."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule


class IdLeak(GroupRule):
    """
    Records of one id in more than one split.

    Why it matters:
        The same thing is learned from and measured with, however its record was edited
        in between.

    Remedy:
        Keep each id in one split.

    Source:
        deepchecks index_train_test_leakage, 0.
    """

    code: ClassVar[str] = "L701"
    name: ClassVar[str] = "id-leak"
    reads: ClassVar[tuple[str, ...]] = ("id", "split")
    meets_on: ClassVar[str | None] = "id"
    group: ClassVar[tuple[str, ...]] = ("id",)
    folds: ClassVar[bool] = True
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    def wrong(self) -> pl.Expr:
        return pl.col("split").n_unique().over("id") > 1

    def bound(self) -> str:
        return "in one split"
