"""C707."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Measurement
from datastd.rules import totals, worst_of
from datastd.rules.columns import CountsRule


class NullRateHigh(CountsRule):
    """
    A column that is null, or no number, in many rows; observed is the worst one's share.

    Why it matters:
        What is missing is seldom missing at random: a model learns who did not answer.

    Remedy:
        Look at how the column was collected; or leave it out.

    Source:
        deepchecks percent_of_nulls, 5 %; TFDV FEATURE_TYPE_LOW_FRACTION_PRESENT.
    """

    code: ClassVar[str] = "C707"
    name: ClassVar[str] = "null-rate-high"
    unit: ClassVar[str] = "fraction of samples"

    limit: float = 0.05
    because: str = "deepchecks' default"

    def counts(self, rows: pl.DataFrame) -> dict[str, int]:
        """For each column: rows without a value."""
        empty = dict[str, int]()
        for name in self.columns:
            values = rows[name]
            none = (
                values.is_null() | values.is_nan() if values.dtype.is_float() else values.is_null()
            )
            empty[f"={name}"] = int(none.sum())
        return empty

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, *empty = totals(partials, "rows", *(f"={name}" for name in self.columns))
        if not checked:
            return Measurement(observed=0, checked=0, failed=0)
        shares = {name: n / checked for name, n in zip(self.columns, empty, strict=True)}
        return worst_of(shares, checked, lambda name: f"null in {shares[name]:.3g} of rows")
