"""C721."""

from datetime import UTC, datetime
from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import FAILING, RowRule

_FIRST = 1990


class TimestampFuture(RowRule):
    """
    A time that has not come yet, or lies before 1990; the record's column `time`.

    Rows without a time are let be: whether there must be one, the record says.

    Why it matters:
        The clock, the unit or the format was wrong: seconds read as milliseconds lie in
        1970, the other way round in the year 50,000.

    Remedy:
        Look at how the time was written; a split by time is wrong with it.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C721"
    name: ClassVar[str] = "timestamp-future"
    reads: ClassVar[tuple[str, ...]] = ("time",)

    level: Level = Level.WARN

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        time = pl.col("time").cast(pl.Datetime("us", "UTC"))
        odd = (time > datetime.now(UTC)) | (time.dt.year() < _FIRST)
        year = time.dt.year().cast(pl.Float64)
        return rows.filter(odd).select("key", "split", observed=year).select(*FAILING)

    def bound(self) -> str:
        return f"a time from {_FIRST} to now"
