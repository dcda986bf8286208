"""N176."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

import polars as pl
from pydantic import NonNegativeFloat, PrivateAttr

from datastd.model import Level, Measurement, Profile
from datastd.rules import RowRule, totals

if TYPE_CHECKING:
    from datastd.card import Card  # loaded where there is one

_TIME = pl.col("time").cast(pl.Datetime("us", "UTC")).dt.date()


class TimeOutsidePeriod(RowRule):
    """
    Records of a time that no source of the card is about.

    The time is the record's column `time`, as of UTC; the periods are from the first to the last
    day that a source states, `content_from` and `content_to`, of which one may be open.  Observed
    is the share of the records that have a time.  Where a source states neither, any time may be
    its own, and the rule is not asked.

    Why it matters:
        Data that are said to end in 2023, and do not, know the answers of a test set of 2024.

    Remedy:
        State the period that the data are about; or take out what is of another time.

    Source:
        Croissant 1.1, temporalCoverage; A3's C21: 999 of 1,000 records.
    """

    code: ClassVar[str] = "N176"
    name: ClassVar[str] = "time-outside-content-period"
    unit: ClassVar[str] = "share of samples"
    reads: ClassVar[tuple[str, ...]] = ("time",)
    asks: ClassVar[tuple[str, ...]] = ("time",)

    limit: NonNegativeFloat = 0.001
    because: str = "A3's C21: at least 99.9 % of the records"
    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    _periods: tuple[tuple[date | None, date | None], ...] = PrivateAttr(default=())

    def of_card(self, card: "Card | None") -> Self:
        sources = card.collection.sources if card else ()
        known = self.model_copy()
        periods = tuple((one.content_from, one.content_to) for one in sources)
        known._periods = periods  # noqa: SLF001  -- of its own class
        return known

    @property
    def lacks_card(self) -> str:
        return "" if self._periods and (None, None) not in self._periods else "content period"

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return super().partial(rows.filter(pl.col("time").is_not_null()))

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, failed = totals(partials, "checked", "failed")
        return Measurement(observed=failed / max(checked, 1), checked=checked, failed=failed)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        inside = pl.any_horizontal(
            pl.lit(value=False),
            *(
                _TIME.is_between(first or date.min, last or date.max)
                for first, last in self._periods
            ),
        )
        said = pl.lit("expected a day of a period that the card states, found ")
        return rows.filter(~inside).select(
            "key", "split", observed=pl.lit(1.0), detail=said + _TIME.dt.to_string("%Y-%m-%d")
        )

    def bound(self) -> str:
        return "a time of a period that the card states"
