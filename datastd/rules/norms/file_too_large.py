"""N302."""

from typing import ClassVar

import polars as pl

from datastd.model import Level, Profile
from datastd.rules import RowRule


class FileTooLarge(RowRule):
    """
    A file of more than 200 GB: hubs take no more than 500.

    Why it matters:
        It cannot be fetched in pieces, nor read by two.

    Remedy:
        Part it into shards.

    Source:
        Hugging Face, storage limits.
    """

    code: ClassVar[str] = "N302"
    name: ClassVar[str] = "file-too-large"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path", "bytes")

    level: Level = Level.WARN
    asked_from: Profile = "team"

    most: int = 200_000_000_000  # bytes

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = rows.filter(pl.col("bytes") > self.most)
        size = pl.col("bytes").cast(pl.Float64)
        return found.select(key="path", split=pl.lit(""), observed=size)

    def bound(self) -> str:
        return f"at most {self.most:,} bytes"
