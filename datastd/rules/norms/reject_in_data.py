"""N271."""

from typing import ClassVar

import polars as pl

from datastd.model import Level, Profile
from datastd.rules.norms.files import FileNorm, name

_PART = r"(^|[/_.-])(rejects?|rejected|removed|discarded|quarantined?|dropped)([/_.-]|$)"


class RejectInData(FileNorm):
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
    reads: ClassVar[tuple[str, ...]] = ("path", "paper")
    should: ClassVar[str] = "data that were chosen"
    found: ClassVar[str] = "what was rejected, by its name"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def wrong(self) -> pl.Expr:
        return name().str.contains(_PART) & ~pl.col("paper")
