"""N309."""

from typing import ClassVar

import polars as pl

from datastd.model import Level, Profile
from datastd.rules import RowRule

_SUFFIXES = ["rar", "7z", "lzma", "z", "arj", "ace", "cab", "lzh", "sit"]


class CodecNotApproved(RowRule):
    """
    An archive or a codec that no reader of data streams: .rar, .7z, .lzma, .z, .arj, .ace,
    .cab.

    Why it matters:
        It has to be unpacked by a program that somebody has to trust.

    Remedy:
        Use gzip, zstd, or a codec of the format's own.

    Source:
        datastd's own definition; A3's S07.
    """

    code: ClassVar[str] = "N309"
    name: ClassVar[str] = "codec-not-approved"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path",)

    level: Level = Level.WARN
    asked_from: Profile = "team"

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        ends = pl.col("path").str.to_lowercase().str.extract(r"\.([a-z0-9]+)$")
        return rows.filter(ends.is_in(_SUFFIXES).fill_null(value=False)).select(
            key="path", split=pl.lit(""), observed=pl.lit(1.0)
        )

    def bound(self) -> str:
        return "gzip, zstd, bzip2 or xz"

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.bound()}, found another by its suffix"
