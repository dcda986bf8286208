"""N204."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import PositiveInt

from datastd.model import Level, Measurement
from datastd.rules.columns import found_in
from datastd.rules.columns.filters import FilterRule


class FilterNeverFires(FilterRule):
    """
    Filters that would drop nothing of what they were given (input `reference`).

    The input is the data before the filters.  What they measure is measured there; a row
    without a finite value is dropped by none.  Of fewer rows than `rows` nothing is said:
    what is seldom may not be among them.

    Attributes:
        at_least: By the column, the least value that a filter keeps.
        at_most: By the column, the greatest.
        rows: So many have to be there.

    Why it matters:
        A threshold out of reach, or a misspelt metric, is a filter that is in the data card
        and not in the data: Dolma's mixers asked for ``2gram``, and nothing was ever dropped.

    Remedy:
        Look at how the metric is spread, and set the threshold where it parts the data; or
        leave the filter out of what is said about them.

    Source:
        datastd's own definition; Dolma, configs/dolma-v1_6.
    """

    code: ClassVar[str] = "N204"
    name: ClassVar[str] = "filter-never-fires"
    unit: ClassVar[str] = "filters"
    needs: ClassVar[tuple[str, ...]] = ("reference",)

    level: Level = Level.WARN
    rows: PositiveInt = 100_000

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        before = rows.filter(pl.col("origin") == "reference")
        fires = {
            f"{one.column} {one.bound}": (~one.inside & one.is_known).sum().cast(pl.Int64)
            for one in self.thresholds()
        }
        return before.select(pl.len().cast(pl.Int64).alias(""), **fires)

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(partials).sum()

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return found_in(0, {})
        rows, *fired = self.merged(partials).row(0)
        never = "expected a filter that drops some, found that none is dropped"
        said = {
            f"{one.column} {one.bound}": "" if times or rows < self.rows else never
            for one, times in zip(self.thresholds(), fired, strict=True)
        }
        return found_in(rows, said)
