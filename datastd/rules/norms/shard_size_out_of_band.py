"""N305."""

from typing import ClassVar

import polars as pl

from datastd.model import Level, Profile
from datastd.rules import RowRule

_FEWEST = 3


class ShardSizeOutOfBand(RowRule):
    """
    A shard of less than 50 MB or more than 2 GB, the last one and datasets of one shard aside.

    Shards are data files whose names are equal but for their digits, three or more of them.

    Why it matters:
        Small ones cost a request each, and large ones a night when one of them breaks.

    Remedy:
        Write shards of 100 MB to 1 GB.

    Source:
        Hugging Face, MAX_SHARD_SIZE of 500 MB; WebDataset, some 1 GB; MosaicML, 64 MiB; A3's
        S08.
    """

    code: ClassVar[str] = "N305"
    name: ClassVar[str] = "shard-size-out-of-band"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path", "bytes", "paper")

    level: Level = Level.WARN
    asked_from: Profile = "team"

    least: int = 50_000_000  # bytes
    most: int = 2_000_000_000

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        numbered = rows.filter(pl.col("path").str.contains(r"\d") & ~pl.col("paper")).sort("path")
        sets = numbered.with_columns(set=pl.col("path").str.replace_all(r"\d+", "*"))
        count, place = pl.len().over("set"), pl.int_range(pl.len()).over("set")
        inner = sets.filter((count >= _FEWEST) & (place < count - 1))
        odd = inner.filter(~pl.col("bytes").is_between(self.least, self.most))
        size = pl.col("bytes").cast(pl.Float64)
        return odd.select(key="path", split=pl.lit(""), observed=size)

    def bound(self) -> str:
        return f"from {self.least:,} to {self.most:,} bytes"
