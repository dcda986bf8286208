"""N303."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Level, Measurement, Profile
from datastd.rules import Rule, totals


class TooManyFiles(Rule):
    """
    A dataset of more than 100,000 files.

    Why it matters:
        Listing it takes longer than reading it, and hubs refuse it.

    Remedy:
        Pack files into shards: tar, Parquet.

    Source:
        Hugging Face, repository recommendations; A3's S09.
    """

    code: ClassVar[str] = "N303"
    name: ClassVar[str] = "too-many-files"
    unit: ClassVar[str] = "files too many"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path",)

    level: Level = Level.WARN
    asked_from: Profile = "team"

    most: int = 100_000

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame({"checked": [rows.height]})

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (checked,) = totals(partials, "checked")
        return Measurement(observed=max(0, checked - self.most), checked=checked, failed=0)

    def bound(self) -> str:
        return f"at most {self.most:,} files"
