"""C737."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import PositiveFloat

from datastd.model import DATA, Level, Measurement
from datastd.rules import Rule, worst_of


class ExampleCountChange(Rule):
    """
    A split, or all of them together, of far more or fewer samples than in the input `reference`.

    Observed is by how much their ratio is out of its range; the split that is furthest counts.
    A split that the reference has, and the data have not, has a ratio of 0.

    Attributes:
        least: The least that they may be, as a multiple of those of the reference.
        most: The most.

    Why it matters:
        Half a crawl, or a crawl and its copy: each sample is sound, and the whole is not.

    Remedy:
        Look at which files are there in one and not in the other (`datastd diff`); where the
        change is meant, make this version the reference.

    Source:
        TensorFlow Data Validation, COMPARATOR_LOW_NUM_EXAMPLES and COMPARATOR_HIGH_NUM_EXAMPLES;
        the range is datastd's own.
    """

    code: ClassVar[str] = "C737"
    name: ClassVar[str] = "example-count-change"
    unit: ClassVar[str] = "times beyond the range"
    reads: ClassVar[tuple[str, ...]] = ("split",)
    needs: ClassVar[tuple[str, ...]] = ("reference",)

    level: Level = Level.WARN
    least: PositiveFloat = 0.5
    most: PositiveFloat = 2.0

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        is_data = pl.col("origin") == DATA
        return rows.group_by("split").agg(
            here=is_data.sum().cast(pl.Int64), before=(~is_data).sum().cast(pl.Int64)
        )

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        every = pl.concat(partials).group_by("split").agg(pl.col("here", "before").sum())
        return every.sort("split")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        splits = self.merged(partials)
        here, before = (int(splits.get_column(name).sum()) for name in ("here", "before"))
        if not (here and before):  # with nothing: that is no look
            return Measurement(observed=0, checked=0, failed=0)
        counts = {"all splits": (here, before)}
        counts |= {name: (n, m) for name, n, m in splits.rows() if m}
        beyond = {
            name: max(self.least - n / m, n / m - self.most, 0.0) for name, (n, m) in counts.items()
        }
        return worst_of(beyond, here, lambda name: self._said(*counts[name]))

    def _said(self, here: int, before: int) -> str:
        bounds = f"{self.least * before:,.0f} to {self.most * before:,.0f} samples"
        return f"expected {bounds}, found {here:,}"
