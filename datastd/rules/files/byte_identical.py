"""F009."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import GroupRule


class ByteIdentical(GroupRule):
    """
    Data files under different names with the same bytes.

    Why it matters:
        Two splits or shards that are claimed to differ are one and the same: a
        model is trained twice on it, or tested on what it was trained on.

    Remedy:
        Keep one of them, and fetch what the other should have been.

    Source:
        datastd's own definition; seen in AlpacaDataCleaned, GPTeacher/Roleplay.
    """

    code: ClassVar[str] = "F009"
    name: ClassVar[str] = "byte-identical-different-names"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path", "sha256", "paper")
    meets_on: ClassVar[str | None] = "sha256"
    group: ClassVar[tuple[str, ...]] = ("sha256",)

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        return (~pl.col("paper")).sum().over("sha256").gt(1) & ~pl.col("paper")

    def bound(self) -> str:
        return "under one name"

    def grouped(self, rows: pl.DataFrame) -> pl.DataFrame:
        named = rows.with_columns(key=pl.col("path"), split=pl.lit(""))
        return super().grouped(named)
