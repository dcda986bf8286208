"""F639."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import Level, Measurement
from datastd.rules import RangeRule, totals


class PrefLengthBias(RangeRule):
    """
    How far the share of pairs whose chosen side is the longer lies outside of what it should be.

    Lengths are in code points; a pair of equal lengths is one half.

    Attributes:
        least: The least share.
        most: The greatest.

    Why it matters:
        A model learns to say more, or less, whatever it says.

    Remedy:
        Look at how the pairs were made; leave pairs out until lengths tell nothing.

    Source:
        datastd's own definition; Singhal et al. 2023, "A Long Way to Go: Investigating Length
        Correlations in RLHF", arXiv:2310.03716.
    """

    code: ClassVar[str] = "F639"
    name: ClassVar[str] = "pref-length-bias"
    unit: ClassVar[str] = "fraction of pairs"
    reads: ClassVar[tuple[str, ...]] = ("length_lead",)

    level: Level = Level.WARN
    least: float = Field(default=0.3, ge=0, le=1)
    most: float = Field(default=0.7, ge=0, le=1)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        lead = rows.get_column("length_lead").drop_nulls()
        return pl.DataFrame(
            {"checked": [rows.height], "pairs": [len(lead)], "halves": [int((lead + 1).sum())]}
        )

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, pairs, halves = totals(partials, "checked", "pairs", "halves")
        return self.beyond(halves / 2, pairs, checked)
