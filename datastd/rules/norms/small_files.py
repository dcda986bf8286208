"""N306."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Level, Measurement, Profile
from datastd.rules import Rule, totals


class SmallFiles(Rule):
    """
    More than 10,000 data files of which half are smaller than 100 kB.

    Why it matters:
        Each costs a request and a seek; a disk of 1 GB/s reads them at 5 MB/s.

    Remedy:
        Pack them into shards: tar, Parquet.

    Source:
        Hugging Face, repository recommendations.
    """

    code: ClassVar[str] = "N306"
    name: ClassVar[str] = "small-files-problem"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("bytes", "paper")

    level: Level = Level.WARN
    asked_from: Profile = "team"

    most: int = 10_000
    smallest: int = 100_000  # bytes

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        data = rows.filter(~pl.col("paper"))
        small = data.filter(pl.col("bytes") < self.smallest).height
        return pl.DataFrame({"checked": [rows.height], "data": [data.height], "small": [small]})

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, data, small = totals(partials, "checked", "data", "small")
        is_so = data > self.most and 2 * small > data
        return Measurement(observed=small if is_so else 0, checked=checked, failed=0)
