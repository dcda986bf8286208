"""N310."""

from typing import ClassVar

import polars as pl

from datastd.model import Level, Profile
from datastd.rules import RowRule


class PermissionTooOpen(RowRule):
    """
    A file that everybody on the machine may write.

    Why it matters:
        Whoever trains on it, or any other program, can change it after it was checked.

    Remedy:
        ``chmod -R o-w DATA``; better, leave nobody the right to write what is published.

    Source:
        datastd's own definition; A3's S16.
    """

    code: ClassVar[str] = "N310"
    name: ClassVar[str] = "permission-too-open"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path", "open_to_all")

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("open_to_all")).select(
            key="path", split=pl.lit(""), observed=pl.lit(1.0)
        )

    def bound(self) -> str:
        return "a file that others may not write"

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.bound()}, found one that they may"
