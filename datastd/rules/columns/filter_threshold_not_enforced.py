"""C725."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule
from datastd.rules.columns import shown
from datastd.rules.columns.filters import FilterRule


class FilterThresholdNotEnforced(FilterRule, RowRule):
    """
    Samples that a filter should have dropped, by the thresholds it is said to have had.

    What the filter measured is measured again.  A value that is no finite number is kept
    by no filter.

    Attributes:
        at_least: By the column, the least value that the filter keeps.
        at_most: By the column, the greatest.

    Why it matters:
        A filter that names a metric which nothing fills drops nothing, and says so to nobody:
        Dolma's mixers asked for ``2gram`` where the tagger wrote ``2grams``.

    Remedy:
        Run the filter again, and count what it drops; or state the thresholds that it had.

    Source:
        datastd's own definition; Dolma, configs/dolma-v1_6.
    """

    code: ClassVar[str] = "C725"
    name: ClassVar[str] = "filter-threshold-not-enforced"

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        dropped = [
            (one, ~(one.inside & one.is_known).fill_null(value=False)) for one in self.thresholds()
        ]
        found = rows.filter(pl.any_horizontal(wrong for _, wrong in dropped))
        return found.select(
            "key", "split",
            observed=pl.coalesce(
                pl.when(wrong).then(pl.col(one.column).cast(pl.Float64)) for one, wrong in dropped
            ),
            detail=pl.coalesce(
                pl.when(wrong).then(
                    pl.format(f"expected {one.column} {one.bound}, found {{}}", shown(one.column))
                )
                for one, wrong in dropped
            ),
        )  # fmt: skip

    def bound(self) -> str:
        return "what the filters keep"
