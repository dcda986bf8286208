"""Q507."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import Level, Measurement
from datastd.rules import RangeRule, totals


class QaUnanswerableRatio(RangeRule):
    """
    How far the share of questions without an answer lies outside of what it should be.

    Attributes:
        least: The least share of the questions that say whether they have an answer.
        most: The greatest.

    Why it matters:
        A model that always answers, or never does, is right as often as the split is lopsided.

    Remedy:
        Look at how the questions without an answer were made, and whether flags were flipped.

    Source:
        Rajpurkar et al. 2018: one in three of SQuAD 2.0's train, one in two of its dev.
    """

    code: ClassVar[str] = "Q507"
    name: ClassVar[str] = "qa-unanswerable-ratio"
    unit: ClassVar[str] = "fraction of questions"
    reads: ClassVar[tuple[str, ...]] = ("impossible",)

    level: Level = Level.WARN
    least: float = Field(default=0.2, ge=0, le=1)
    most: float = Field(default=0.6, ge=0, le=1)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        said = rows.get_column("impossible").drop_nulls()
        return pl.DataFrame({"checked": [len(said)], "without": [said.sum()]})

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, without = totals(partials, "checked", "without")
        return self.beyond(without, checked, checked)
