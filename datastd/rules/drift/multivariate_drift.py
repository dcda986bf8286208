"""C738."""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, NonNegativeFloat

from datastd.model import DATA, EXAMPLES, Example, Measurement
from datastd.rules import worst_of
from datastd.rules.drift import ROWS, Compared

_STEP, _MOST = 1 << 16, 64  # numbers are whole steps of asinh, which is cut off far beyond data
_LIMB = 1 << 24  # sums of products are added up in two halves, so that none overflows
_RIDGE = 1e-9  # of a variance: columns that say the same do not divide by nothing
_CHANCE = 5.0  # standard deviations of F above its mean


class MultivariateDrift(Compared):
    """
    How well one classifier of all columns together tells the versions apart: 2 AUC - 1.

    The classifier is Fisher's linear discriminant of asinh(x), and its AUC that of two normal
    distributions of one covariance, in closed form: 2 AUC - 1 = erf(d / 2), where d is the
    Mahalanobis distance of the means.  0 is a coin, 1 is never wrong.  What is missing, or no
    finite number, counts as 0.  What the means of two samples of one population would differ
    by, by chance (Hotelling's T2, five standard deviations of F above its mean), is no drift.
    Looked at are all rows together, and each split of 1,000 rows in both by itself.

    Attributes:
        columns: The columns of numbers, two at least.
        over: The table that they are of.

    Why it matters:
        Each column by itself moves by little, and together they are another population.

    Remedy:
        Look at the columns named, which differ most, and at what came with them; where the
        change is meant, make this version the reference.

    Source:
        deepchecks MultivariateDrift, 0.25, with trees; Fisher 1936; Hotelling 1931.
    """

    code: ClassVar[str] = "C738"
    name: ClassVar[str] = "multivariate-drift"
    unit: ClassVar[str] = "2 AUC - 1"
    numeric: ClassVar[bool] = True

    limit: NonNegativeFloat = 0.25
    because: str = "deepchecks MultivariateDrift: up to 0.25"
    columns: tuple[str, ...] = Field(min_length=2)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        steps = rows.select("split", "origin", *(_steps(rows[name]) for name in self.columns))
        known = [
            rows[name].cast(pl.Float64, strict=False).is_finite().fill_null(value=False).any()
            for name in self.columns
        ]
        sums = [pl.col(name).sum().alias(f"s{n}") for n, name in enumerate(self.columns)]
        for one, other in self._pairs():
            product = pl.col(self.columns[one]) * pl.col(self.columns[other])
            high = product.floordiv(_LIMB)
            sums += [
                high.sum().alias(f"h{one} {other}"),
                (product - high * _LIMB).sum().alias(f"l{one} {other}"),
            ]
        return (
            steps.group_by("split", here=pl.col("origin") == DATA)
            .agg(pl.len().cast(pl.Int64).alias("rows"), *sums)
            .with_columns(known=pl.lit(sum(known), pl.Int64))
        )

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        by = ["split", "here"]
        return pl.concat(partials).group_by(by).agg(pl.all().exclude(by).sum()).sort(by)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        every = self.merged(partials)
        here, before = (
            int(every.filter(pl.col("here") == side).get_column("rows").sum())
            for side in (True, False)
        )
        if not (here and before):  # with nothing: that is no look
            return Measurement(observed=0, checked=0, failed=0)
        if not every.get_column("known").sum():
            said = "expected numbers to compare, found none in either version"
            lacks = tuple(
                Example(key=name, observed=None, detail=said) for name in self.columns[:EXAMPLES]
            )
            return Measurement(observed=0, checked=0, failed=0, examples=lacks)
        found = dict(self._found(every))
        return worst_of(
            {name: tells for name, (tells, _) in found.items()}, here, lambda name: found[name][1]
        )

    def _pairs(self) -> Iterator[tuple[int, int]]:
        yield from combinations_with_replacement(range(len(self.columns)), 2)

    def _found(self, every: pl.DataFrame) -> Iterator[tuple[str, tuple[float, str]]]:
        """How well versions are told apart, and by what: of all rows, and of each large split."""
        numbers = every.drop("split", "here", "known").columns
        together = every.group_by("here").agg(pl.col(numbers).sum()).sort("here")
        yield "all rows", self._told(together.select(numbers))
        if every.get_column("split").n_unique() > 1:
            large = every.filter(pl.col("rows") >= ROWS)
            for (split,), some in large.group_by("split", maintain_order=True):
                if some.height == 2:  # noqa: PLR2004  -- the data, and the reference
                    yield str(split), self._told(some.sort("here").select(numbers))

    def _told(self, sums: pl.DataFrame) -> tuple[float, str]:
        """2 AUC - 1 of the reference and the data, of which each is a row of sums."""
        (m, before, then), (n, here, now) = (
            self._moments(one) for one in sums.iter_rows(named=True)
        )
        size, free = len(self.columns), n + m - len(self.columns) - 1
        pooled = (then * m + now * n) / max(n + m - 2, 1)
        scale = np.sqrt(np.maximum(np.diag(pooled), 1 / 12))  # a step is the least that is told
        apart = (here - before) / scale
        alike = pooled / np.outer(scale, scale) + _RIDGE * np.eye(size)
        squared = max(float(apart @ np.linalg.solve(alike, apart)), 0.0)
        words = f"expected as in the reference, found {self._most(apart)}"
        if _is_chance(squared * n * m / (n + m), size, free):
            return 0.0, words
        return math.erf(math.sqrt(squared) / 2), words

    def _moments(self, one: dict[str, int]) -> tuple[int, NDArray[np.float64], NDArray[np.float64]]:
        """Rows, means and covariances of one version; exact until the last division."""
        rows, size = one["rows"], len(self.columns)
        sums = [one[f"s{number}"] for number in range(size)]
        spread = np.zeros((size, size))
        for i, j in self._pairs():
            product = one[f"h{i} {j}"] * _LIMB + one[f"l{i} {j}"]
            spread[i, j] = spread[j, i] = (product * rows - sums[i] * sums[j]) / (rows * rows)
        return rows, np.array([total / rows for total in sums]), spread

    def _most(self, apart: NDArray[np.float64]) -> str:
        """The columns whose means are furthest apart, in words."""
        first = np.argsort(-np.abs(apart), kind="stable")[:2]
        said = (f"{self.columns[at]} {abs(apart[at]):.2f} deviations away" for at in first)
        return " and ".join(said)


def _steps(column: pl.Series) -> pl.Series:
    """Whole steps of asinh(x), Int64; 0 where there is no finite number."""
    values = column.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    number = np.where(np.isfinite(values), values, 0.0)
    steps = np.rint(np.clip(np.arcsinh(number), -_MOST, _MOST) * _STEP).astype(np.int64)
    return pl.Series(column.name, steps)


def _is_chance(squared: float, size: int, free: int) -> bool:
    """Whether Hotelling's T2 of two samples of one population would be as much."""
    if free <= 4:  # noqa: PLR2004  -- of fewer, F has no deviation
        return True
    statistic = squared * free / (size * (free + size - 1))
    mean = free / (free - 2)
    deviation = mean * math.sqrt(2 * (size + free - 2) / (size * (free - 4)))
    return statistic <= mean + _CHANCE * deviation
