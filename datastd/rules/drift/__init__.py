"""
Rules about how columns are spread, against an earlier version of the data (input `reference`).

Rows are counted by value, those of the data and those of the reference.  A number is counted
by its sign, its exponent and its first eleven significant bits: whole numbers up to 2,048 are
themselves, and any other is off by less than a thousandth of it, so that the counts of parts
add up to those of the whole, whatever the parts.  What is no finite number is missing, and
that is a value of its own.

All rows of the one are compared with all of the other; and by itself each split that has at
least `ROWS` rows in both.  What two samples of one population would differ by, by chance, is
no drift: it counts as 0.

Of the catalogue's C730 to C741 three ask nothing of a reference: C740 and C741, of labels, and
C739, of the order of the samples, which the vectors of the input `embeddings` tell.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from datastd.model import DATA, EXAMPLES, Example, Level, Measurement
from datastd.rules import Rule, worst_of
from datastd.rules.columns import MOST

ROWS = 1000
"""The fewest rows of a split, in both, for it to be compared by itself."""

MISSING = "missing"
"""What a value that is null, or no finite number, is called."""

_CHANCE = 5.0  # standard deviations of chi-square above its mean
_FEWEST = 5  # of a value expected, for chi-square
_PARTS = 10
_LOST = 42  # low bits of a float64 that do not count; ten of its mantissa do
_EVERY = ""  # the split of all rows together


class Spread(NamedTuple):
    """
    How one column is spread, in the data and in the reference.

    Attributes:
        values: What each value is called, shape (K,): numbers by size; missing first.
        here: Rows of the data with it, int64 (K,).
        before: Rows of the reference with it, int64 (K,).
        numbers: What each value is, float64 (K,), NaN of missing; of categories, none.
    """

    values: Sequence[str]
    here: NDArray[np.int64]
    before: NDArray[np.int64]
    numbers: NDArray[np.float64] = np.empty(0)

    @property
    def shares(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The share of each value, in the data and in the reference."""
        return self.here / self.here.sum(), self.before / self.before.sum()

    @property
    def is_chance(self) -> bool:
        """
        Whether two samples of one population would differ as much.

        They would up to a two-sample chi-square statistic (Press et al., Numerical Recipes,
        14.3) of five standard deviations above its mean.  Values of which fewer than five
        would be expected in the smaller sample are one, as they have to be for that.
        """
        n, m = int(self.here.sum()), int(self.before.sum())
        expected = (self.here + self.before) * (min(n, m) / (n + m))
        at = np.where(expected < _FEWEST, 0, np.arange(1, len(expected) + 1))
        here, before = (np.bincount(at, one) for one in (self.here, self.before))
        known = here + before > 0
        weighed = here[known] * np.sqrt(m / n) - before[known] * np.sqrt(n / m)
        observed = float((weighed**2 / (here + before)[known]).sum())
        free = int(known.sum()) - 1
        return bool(observed <= free + _CHANCE * np.sqrt(2 * free))

    @property
    def moved(self) -> str:
        """The value whose share has moved most, in words."""
        now, then = self.shares
        at = int(np.abs(now - then).argmax())
        return f"{self.values[at]}: {then[at]:.2%} of the rows before, {now[at]:.2%} now"

    def in_parts(self, weights: NDArray[np.int64], parts: int) -> "Spread":
        """
        The same in bins of as many rows each, or fewer where values tie; numbers, by size.

        A bin reaches from above the last one's edge up to and with its own.  Missing stays by
        itself.

        Args:
            weights: Rows of each value by which bins are made alike, int64 (K,).
            parts: How many bins, at most.
        """
        lacks = int(MISSING in self.values[:1])
        upto = np.cumsum(weights[lacks:])
        if not len(upto) or not upto[-1]:
            return self
        edges = np.unique(np.searchsorted(upto, upto[-1] * np.arange(1, parts) / parts))
        ends = [*(self.values[lacks + edge] for edge in edges), self.values[-1]]
        called = [f"up to {ends[0]}", *(f"{a} to {b}" for a, b in itertools.pairwise(ends))]
        at = np.searchsorted(edges, np.arange(len(upto))) + lacks
        into = np.concatenate([np.arange(lacks), at])
        here, before = (
            np.bincount(into, one, lacks + len(called)).astype(np.int64)
            for one in (self.here, self.before)
        )
        return Spread([*self.values[:lacks], *called], here, before)

    def in_tenths(self) -> "Spread":
        """The same in tenths of the reference."""
        return self.in_parts(self.before, _PARTS)

    def told_apart(self) -> "Spread":
        """The same as it is if its values are few; or else in tenths of both, of rows enough."""
        smaller = int(min(self.here.sum(), self.before.sum()))
        if len(self.values) <= 2 * _PARTS:
            return self
        parts = min(max(smaller // _FEWEST, 1), _PARTS)
        return self.in_parts(self.here + self.before, parts)


class Compared(Rule):
    """
    A rule about some columns, against the input `reference`.

    Attributes:
        columns: The columns that are looked at.
        over: The table that they are of.
    """

    needs: ClassVar[tuple[str, ...]] = ("reference",)

    level: Level = Level.WARN
    columns: tuple[str, ...] = Field(min_length=1)
    over: Literal["samples", "annotations"] = "samples"

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]
        """Every column that is looked at."""
        return self.columns

    @property
    def table(self) -> str:  # type: ignore[override]
        """The table that they are of."""
        return self.over


class DriftRule(Compared):
    """
    A rule about how each of some columns is spread.

    Observed is that of the column, and split, that differs most.

    Class attributes:
        numbers: Whether they hold numbers; or else categories, of which there are at most `MOST`.
    """

    numbers: ClassVar[bool]

    def differs(self, spread: Spread) -> float:
        """How much a column differs from what it was, beyond chance."""
        raise NotImplementedError

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        is_data = pl.col("origin") == DATA
        counts = [
            rows.select("split", "origin", column=pl.lit(name), value=self._values(rows[name]))
            .group_by("column", "split", "value")
            .agg(here=is_data.sum().cast(pl.Int64), before=(~is_data).sum().cast(pl.Int64))
            for name in self.columns
        ]
        return self.merged(counts)

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        by = ["column", "split", "value"]
        every = pl.concat(partials).group_by(by).agg(pl.col("here", "before").sum()).sort(by)
        # Of too many categories it is enough to know that there are.
        few = pl.int_range(pl.len()).over("column", "split") <= MOST
        return every if self.numbers else every.filter(few)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        every = self.merged(partials)
        if unseen := self._too_many(every) or self._without_values(every):
            return Measurement(observed=0, checked=0, failed=0, examples=unseen)
        one = every.filter(column=self.columns[0])
        checked, compared = (int(one.get_column(name).sum()) for name in ("here", "before"))
        if not (checked and compared):  # with nothing: that is no look
            return Measurement(observed=0, checked=0, failed=0)
        spreads = dict(self._spreads(every))
        differs = {
            name: 0.0 if self._is_chance(spread) else self.differs(spread)
            for name, spread in spreads.items()
        }
        return worst_of(differs, checked, lambda name: self._said(spreads[name]))

    def _values(self, column: pl.Series) -> pl.Series:
        return _binned(column) if self.numbers else column.cast(pl.String)

    def _is_chance(self, spread: Spread) -> bool:
        return (spread.told_apart() if self.numbers else spread).is_chance

    def _said(self, spread: Spread) -> str:
        return f"expected as in the reference, found {spread.moved}"

    def _too_many(self, every: pl.DataFrame) -> tuple[Example, ...]:
        values = every.group_by("column").agg(pl.col("value").n_unique())
        wide = [] if self.numbers else values.filter(pl.col("value") > MOST)["column"].to_list()
        said = f"expected at most {MOST:,} categories, found more: nothing was compared"
        return tuple(
            Example(key=name, observed=None, detail=said) for name in sorted(wide)[:EXAMPLES]
        )

    def _without_values(self, every: pl.DataFrame) -> tuple[Example, ...]:
        """Columns that say nothing in any row: alike in both, and nobody looked at a value."""
        lacks = every.group_by("column").agg(pl.col("value").is_null().all())
        said = "expected values to compare, found none in either version"
        named = sorted(lacks.filter("value").get_column("column").to_list())
        return tuple(Example(key=name, observed=None, detail=said) for name in named[:EXAMPLES])

    def _spreads(self, every: pl.DataFrame) -> Iterator[tuple[str, Spread]]:
        """Each column of all rows, and of each split that is large enough in both."""
        whole = every.group_by("column", "value").agg(pl.col("here", "before").sum())
        apart = every.filter(
            pl.min_horizontal(pl.col("here", "before").sum().over("column", "split")) >= ROWS,
            pl.lit(value=every.get_column("split").n_unique() > 1),
        )
        together = whole.with_columns(split=pl.lit(_EVERY)).select(every.columns)
        for (column, split), rows in (
            pl.concat([together, apart])
            .sort("value", nulls_last=False)
            .group_by("column", "split", maintain_order=True)
        ):
            name = f"{column} of {split}" if split != _EVERY else str(column)
            values = [MISSING if one is None else self._called(one) for one in rows["value"]]
            counts = rows["here"].to_numpy(), rows["before"].to_numpy()
            yield name, Spread(values, *counts, self._numbers(rows["value"]))

    def _numbers(self, values: pl.Series) -> NDArray[np.float64]:
        if not self.numbers:
            return np.empty(0)
        return np.array([np.nan if one is None else _number(int(one)) for one in values])

    def _called(self, value: float | str) -> str:
        return f"{_number(int(value)):.4g}" if self.numbers else str(value)


def _binned(column: pl.Series) -> pl.Series:
    """Number of the bin of each value, Int64, in the order of the values; null where missing."""
    bits = column.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    size = np.abs(bits).view(np.int64) >> _LOST
    number = pl.Series(np.where(np.signbit(bits), -size, size))
    return number.to_frame("n").select(
        pl.when(pl.Series(np.isfinite(bits))).then("n").otherwise(None)
    )["n"]


def _number(bin_: int) -> float:
    """The number nearest to 0 of a bin."""
    size = float(np.array([abs(bin_) << _LOST]).view(np.float64)[0])
    return -size if bin_ < 0 else size
