"""N307."""

from typing import ClassVar

import polars as pl

from datastd.model import Level, Profile
from datastd.rules import RowRule

_FEWEST = 3


class FileNamingPattern(RowRule):
    """
    A shard whose name does not say which of how many it is, or of which split.

    Asked are data files whose names end with digits, suffixes aside, in folders with three or
    more of them: <split>-<number of five digits>-of-<number of five digits>, and a suffix; or
    names of equal length whose digits stand in one place.

    Why it matters:
        data_final(2).jsonl is one of how many?

    Remedy:
        Name shards ``train-00000-of-00012.parquet``.

    Source:
        Hugging Face datasets; WebDataset; A3's S10.
    """

    code: ClassVar[str] = "N307"
    name: ClassVar[str] = "file-naming-pattern"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path", "paper")

    level: Level = Level.WARN
    asked_from: Profile = "team"

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        bare = pl.col("path").str.replace(r"(\.[A-Za-z]\w*)+$", "")
        data = rows.filter(~pl.col("paper") & bare.str.contains(r"\d\)?$"))
        folder = pl.col("path").str.replace(r"[^/]*$", "")
        many = data.with_columns(folder=folder).filter(pl.len().over("folder") >= _FEWEST)
        name = pl.col("path").str.extract(r"([^/]*)$")
        shape = name.str.replace_all(r"\d", "0")
        alike = pl.len().over("folder", shape)
        is_shard = name.str.contains(r"^[A-Za-z0-9_.]+-\d{5,}-of-\d{5,}\.")
        odd = many.filter(~is_shard & (2 * alike < pl.len().over("folder")))
        return odd.select(key="path", split=pl.lit(""), observed=pl.lit(1.0))

    def bound(self) -> str:
        return "<split>-<number>-of-<number>, or a name of the shape that most have"

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.bound()}, found another"
