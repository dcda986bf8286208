"""
How the values of one limited column are spread: exact counts, bounded, in any partition.

Bins are ``2**exponent`` wide and numbered from 0 at the value 0, so that two bins of one
width are one of the next: histograms of parts add up to the histogram of the whole,
whatever the parts.  They are for looking at; no verdict reads them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

MOST = 1024  # bins; a range that needs more gets wider ones
_FINEST = -20  # no bin is narrower than 2**-20, about a millionth
_EXACT = 52  # bits of the number of a bin: exact as a float64 and as an int64


@dataclass(frozen=True, slots=True)
class Histogram:
    """
    Counts of finite values, in the finest bins of which `MOST` hold all of them.

    Attributes:
        exponent: Bins are ``2**exponent`` wide, in the unit of the column.
        first: Number of the first bin, which begins at ``first * 2**exponent``.
        counts: Values in each bin, from the first to the last that has any.
        odd: Values that are no finite number: null, NaN, infinite.
        whole: Whether the column holds integers.
    """

    exponent: int = 0
    first: int = 0
    counts: tuple[int, ...] = ()
    odd: int = 0
    whole: bool = True

    @classmethod
    def of(cls, values: pl.Series) -> Self:
        """Count the values of a numeric column; all of another kind are odd."""
        whole = values.dtype.is_integer()
        if not values.dtype.is_numeric():
            return cls(odd=len(values))
        if whole and not values.null_count() and (narrow := _narrow(values)) is not None:
            return cls(0, *narrow)
        numbers = values.cast(pl.Float64).drop_nulls().to_numpy()
        numbers = numbers[np.isfinite(numbers)]
        odd = len(values) - len(numbers)
        if not len(numbers):
            return cls(odd=odd, whole=whole)
        low, high = float(numbers.min()), float(numbers.max())
        size = math.frexp(max(abs(low), abs(high)))[1]
        exponent = max(0 if whole else _FINEST, size - _EXACT)
        first, last = (int(n) for n in _bins(np.array([low, high]), exponent))
        wider = _wider(first, last)
        exponent, first = exponent + wider, first >> wider
        counts = np.bincount(_bins(numbers, exponent) - first)
        return cls(exponent, first, tuple(counts.tolist()), odd, whole)

    def __add__(self, other: "Histogram") -> "Histogram":
        """Count what both count: what `of` gives for their values together."""
        odd, whole = self.odd + other.odd, self.whole and other.whole
        some = [one for one in (self, other) if one.counts]
        if not some:
            return Histogram(odd=odd, whole=whole)
        exponent = max(one.exponent for one in some)
        some = [one.coarser(exponent - one.exponent) for one in some]
        first = min(one.first for one in some)
        last = max(one.first + len(one.counts) for one in some) - 1
        wider = _wider(first, last)
        some = [one.coarser(wider) for one in some]
        first, last = first >> wider, last >> wider
        counts = np.zeros(last - first + 1, np.int64)
        for one in some:
            counts[one.first - first :][: len(one.counts)] += one.counts
        return Histogram(exponent + wider, first, tuple(counts.tolist()), odd, whole)

    def coarser(self, wider: int) -> "Histogram":
        """Count the same in bins ``2**wider`` times as wide."""
        if not wider or not self.counts:
            return self
        first = self.first >> wider
        at = (np.arange(self.first, self.first + len(self.counts)) >> wider) - first
        counts = np.zeros(int(at[-1]) + 1, np.int64)
        np.add.at(counts, at, self.counts)
        return Histogram(self.exponent + wider, first, tuple(counts.tolist()), self.odd, self.whole)

    @property
    def total(self) -> int:
        """Finite values."""
        return sum(self.counts)

    @property
    def width(self) -> float:
        """Width of a bin."""
        return math.ldexp(1, self.exponent)


@dataclass(frozen=True, slots=True)
class Distribution:
    """
    A column that a standard limits, as it is spread, and its limits.

    Attributes:
        column: Name of the column.
        unit: Unit of its values; empty for one that no measure filled.
        bounds: Limits by kind: ``ge``, ``le``, ``gt``, ``lt``, ``eq``, ``isin``.
        says: The limits in words.
        histogram: The values.
    """

    column: str
    unit: str
    bounds: Mapping[str, float | str | tuple[float | str, ...]]
    says: str
    histogram: Histogram


def _narrow(values: pl.Series) -> tuple[int, tuple[int, ...]] | None:
    """The first bin and the counts of whole numbers that have a bin each; None for others."""
    numbers = values.to_numpy()
    if not len(numbers):
        return None
    low, high = int(numbers.min()), int(numbers.max())
    if high - low >= MOST or max(abs(low), abs(high)) >= 1 << _EXACT:
        return None
    if low == high:
        return low, (len(numbers),)
    counts = np.bincount(numbers.astype(np.int64) - low)
    return low, tuple(counts.tolist())


def _bins(numbers: NDArray[np.float64], exponent: int) -> NDArray[np.int64]:
    """Number of the bin of each: ``floor(number / 2**exponent)``, exactly."""
    at = np.floor(np.ldexp(numbers, -exponent))
    at[(numbers < 0) & (at == 0)] = -1  # so near to 0 that the division gave it
    return at.astype(np.int64)


def _wider(first: int, last: int) -> int:
    """How many times bins must be paired until `MOST` reach from the first to the last."""
    wider = 0
    while (last >> wider) - (first >> wider) >= MOST:
        wider += 1
    return wider
