"""C713."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Measurement
from datastd.rules import totals
from datastd.rules.columns import CountsRule, found_in

_NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
_RARE, _COMMON = 0.01, 0.1


class MixedTypes(CountsRule):
    """
    A column of strings of which a few are numbers, or all but a few.

    A few are more than 1 % and less than 10 % of the rows that are not null: fewer are
    single errors, more are a kind of their own.

    Why it matters:
        The column was filled in two ways; those of one mean something else.

    Remedy:
        Part the two kinds, or correct the few.

    Source:
        deepchecks mixed_data_types, rare type between 1 % and 10 %.
    """

    code: ClassVar[str] = "C713"
    name: ClassVar[str] = "mixed-types"

    def counts(self, rows: pl.DataFrame) -> dict[str, int]:
        """For each column: rows that are numbers, and rows that are not."""
        counts = dict[str, int]()
        for name in self.columns:
            values = rows[name].cast(pl.String).drop_nulls()
            numbers = int(values.str.contains(_NUMBER).sum())
            counts |= {f"number={name}": numbers, f"other={name}": len(values) - numbers}
        return counts

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        said = {}
        for name in self.columns:
            numbers, others = totals(partials, f"number={name}", f"other={name}")
            share = min(numbers, others) / max(numbers + others, 1)
            kind = "numbers" if numbers < others else "no numbers"
            said[name] = f"expected one kind of value, found {share:.3g} of them {kind}" * (
                _RARE < share < _COMMON
            )
        return found_in(totals(partials, "rows")[0], said)
