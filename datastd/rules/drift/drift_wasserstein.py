"""C734."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import polars as pl
from pydantic import NonNegativeFloat

from datastd.model import EXAMPLES, Example
from datastd.rules.drift import DriftRule, Spread
from datastd.rules.drift.distances import wasserstein, wasserstein_by_chance

_LEAST = 0.001  # of the deviation, as Evidently has it


class DriftWasserstein(DriftRule):
    """
    How far numbers have moved: W1, in standard deviations of the reference.

    W1 is the area between the cumulative shares of the two; the deviation is that of the
    reference, and at least 0.001.  What is missing is no number, and left out (C730 counts it);
    where either version has none, nothing was compared.

    Why it matters:
        A few values far away, as after a change of units, move neither bins nor ranks.

    Remedy:
        Look at how the column is spread in both; where the change is meant, make this
        version the reference.

    Source:
        Evidently, wasserstein_norm; Ramdas et al. 2017, arXiv:1509.02237.
    """

    code: ClassVar[str] = "C734"
    name: ClassVar[str] = "drift-wasserstein"
    unit: ClassVar[str] = "standard deviations"
    numbers: ClassVar[bool] = True

    limit: NonNegativeFloat = 0.1
    because: str = "Evidently: a tenth of the standard deviation"

    def differs(self, spread: Spread) -> float:
        return wasserstein(spread, _LEAST)

    def _is_chance(self, spread: Spread) -> bool:
        # Values far away move no bin, by which chance is told of all other rules.
        return super()._is_chance(spread) and wasserstein_by_chance(spread)

    def _without_values(self, every: pl.DataFrame) -> tuple[Example, ...]:
        known = every.filter(pl.col("value").is_not_null())
        sums = known.group_by("column").agg(pl.col("here", "before").sum())
        both = sums.filter(pl.col("here") > 0, pl.col("before") > 0).get_column("column")
        said = "expected numbers to compare in both versions, found none in one"
        lacks = [name for name in sorted(self.columns) if name not in both]
        return tuple(Example(key=name, observed=None, detail=said) for name in lacks[:EXAMPLES])

    def _spreads(self, every: pl.DataFrame) -> Iterator[tuple[str, Spread]]:
        for name, spread in super()._spreads(every):
            known = np.isfinite(spread.numbers)
            if spread.here[known].any() and spread.before[known].any():  # of a split, one may not
                yield name, spread
