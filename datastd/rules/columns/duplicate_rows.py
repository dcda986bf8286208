"""L706."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Level, Measurement
from datastd.rules import GroupRule, totals


class DuplicateRows(GroupRule):
    """
    Rows that repeat an earlier one of their split, as a share of all rows.

    Rows are equal in all values but the label; see L707 for labels that differ.

    Why it matters:
        What stands twice weighs twice, in the loss and in the score.

    Remedy:
        Keep the first of each group.

    Source:
        deepchecks data_duplicates, 5 %.
    """

    code: ClassVar[str] = "L706"
    name: ClassVar[str] = "duplicate-rows"
    unit: ClassVar[str] = "fraction of samples"
    reads: ClassVar[tuple[str, ...]] = ("digest",)
    meets_on: ClassVar[str | None] = "digest"
    group: ClassVar[tuple[str, ...]] = ("digest", "split")
    folds: ClassVar[bool] = True

    level: Level = Level.WARN
    limit: float = 0.05
    because: str = "deepchecks' default"

    def wrong(self) -> pl.Expr:
        return self.many("digest", "split") > 1

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        measured = super().finish(partials)
        (groups,) = totals(partials, "groups")
        again = measured.failed - groups
        share = again / measured.checked if measured.checked else 0.0
        return measured.model_copy(update={"observed": share})

    def bound(self) -> str:
        return "once in its split"
