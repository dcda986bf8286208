"""L704."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Measurement
from datastd.rules import Again, LaterRule, precedence, totals

_MEASURES, _LEARNS = 1, 3  # of `precedence`
_TIME = pl.col("time").cast(pl.Datetime("us", "UTC"))


class TemporalLeak(LaterRule):
    """
    Records to learn from that are of a later time than the first one to measure with.

    The time is the record's column `time`.  A record without one could not be compared, and
    fails.  A split that is called ``train…`` is one to learn from, ``test…``, ``val…``, ``dev…``
    and ``eval…`` are to measure with.

    Why it matters:
        The model has seen the future of its test set: the news that explain the price.

    Remedy:
        Split at a point in time; drop the training records named.

    Source:
        deepchecks date_train_test_leakage_overlap, 0.
    """

    code: ClassVar[str] = "L704"
    name: ClassVar[str] = "temporal-leak"
    reads: ClassVar[tuple[str, ...]] = ("time", "split")
    keeps: ClassVar[tuple[str, ...]] = ("time",)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        measures = rows.filter(precedence() <= _MEASURES)
        return measures.select(first=_TIME.min()).with_columns(rows=pl.lit(rows.height, pl.Int64))

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(partials).select(pl.col("first").min(), pl.col("rows").sum())

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (checked,) = totals(partials, "rows")
        return Measurement(observed=0, checked=checked, failed=0)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """The first time of what is measured with."""
        return pl.concat(partials).select(pl.col("first").min())

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        first = pl.lit(learned.item(), pl.Datetime("us", "UTC"))  # null: nothing is later than it
        late = (precedence() == _LEARNS) & (first < _TIME)
        when = (
            pl.when(_TIME.is_null()).then(pl.lit("none")).otherwise(_TIME.dt.to_string("%Y-%m-%d"))
        )
        said = pl.lit("expected a time before the first one to measure with, found ") + when
        for rows in again():
            odd = rows.filter(late.fill_null(value=False) | _TIME.is_null())
            yield odd.select("key", "split", observed=pl.lit(1.0), detail=said)
