"""N271."""

from typing import ClassVar

import polars as pl

from datastd.model import Level, Profile
from datastd.rules import RowRule

_PART = r"(^|[/_.-])(rejects?|rejected|removed|discarded|quarantined?|dropped)([/_.-]|$)"


class RejectInData(RowRule):
    """
    A data file whose name, or whose folder's, says that it holds what was rejected.

    Told by a part of the path: reject, rejected, removed, discarded, quarantine, dropped.
    What lies below ``_meta/`` is kept apart, and is no data.

    Why it matters:
        A pattern that matches every shard trains on what was sorted out.

    Remedy:
        Keep what was rejected out of the dataset, or below ``_meta/``, with the reason of each.

    Source:
        datastd's own definition; A3's P21.
    """

    code: ClassVar[str] = "N271"
    name: ClassVar[str] = "rejects-among-data"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path", "paper")

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = pl.col("path").str.to_lowercase().str.contains(_PART) & ~pl.col("paper")
        return rows.filter(found).select(key="path", split=pl.lit(""), observed=pl.lit(1.0))

    def bound(self) -> str:
        return "data that were chosen"

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.bound()}, found what was rejected, by its name"
