"""C723."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import polars as pl

from datastd.model import Measurement
from datastd.rules import totals
from datastd.rules.columns import ColumnRule, found_in

_BINS = 10  # to a decade
_SHARE = 0.01  # of the values that lie on either side of the gap, at least


class UnitScaleMixture(ColumnRule):
    """
    A column of numbers that come in two sizes, two decades or more apart, with none between.

    Sizes are the logarithms of what is not zero, in bins of a tenth of a decade; at least
    1 % of the values lie on either side of the gap.

    Attributes:
        decades: How wide a gap is too wide.

    Why it matters:
        Some shards count bytes and others kilobytes, or colours to 1 and to 255: each is
        right by itself, and the mean of both is nothing.

    Remedy:
        Convert the column to one unit.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C723"
    name: ClassVar[str] = "unit-scale-mixture"

    decades: float = 2.0

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        """For each column and bin: rows."""
        parts = [pl.DataFrame({"column": [""], "bin": [0], "rows": [rows.height]}, _SCHEMA)]
        for name in self.columns:
            values = np.abs(rows[name].cast(pl.Float64).fill_null(0.0).to_numpy())
            known = values[np.isfinite(values) & (values > 0)]
            bins, counts = np.unique(
                np.floor(np.log10(known) * _BINS).astype(np.int64), return_counts=True
            )
            named = {"column": [name] * len(bins), "bin": bins, "rows": counts}
            parts.append(pl.DataFrame(named, _SCHEMA))
        return pl.concat(parts)

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        by = ["column", "bin"]
        return pl.concat(partials).group_by(by).agg(pl.col("rows").sum()).sort(by)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        every = self.merged([pl.DataFrame(schema=_SCHEMA), *partials])
        (checked,) = totals([every.filter(pl.col("column") == "")], "rows")
        said = {}
        for name in self.columns:
            bins, counts = every.filter(pl.col("column") == name).select("bin", "rows").to_numpy().T
            said[name] = self._gap(bins, np.cumsum(counts))
        return found_in(checked, said)

    def _gap(
        self,
        bins: np.ndarray[tuple[int], np.dtype[np.int64]],
        below: np.ndarray[tuple[int], np.dtype[np.int64]],
    ) -> str:
        for place in range(len(bins) - 1):
            share = below[place] / below[-1]
            decades = (bins[place + 1] - bins[place] - 1) / _BINS
            if decades >= self.decades and _SHARE <= share <= 1 - _SHARE:
                said = f"{decades:g} decades without a value, {share:.3g} of them below"
                return f"expected one scale, found {said}"
        return ""


_SCHEMA = {"column": pl.String, "bin": pl.Int64, "rows": pl.Int64}
