"""C011."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import RowRule
from datastd.sources.files import SPLITS


class SplitNameAmbiguous(RowRule):
    """
    A data file whose name, or a folder's above it, names two splits: ``train_eval.jsonl``.

    Words are parted by anything but letters; those of one split, such as ``val`` and ``dev``,
    are one.

    Why it matters:
        Loaders that guess splits by name take the first word, or the last, or both: the
        test set is trained on.

    Remedy:
        Name each file by one split.

    Source:
        Hugging Face hub, "File names and splits".
    """

    code: ClassVar[str] = "C011"
    name: ClassVar[str] = "split-name-ambiguous"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path", "paper")

    level: Level = Level.WARN

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        names = rows.filter(~pl.col("paper")).select(
            "path", part=pl.col("path").str.to_lowercase().str.split("/")
        )
        word = pl.col("part").str.replace_all(r"[^a-z]+", " ").str.split(" ")
        known = names.explode("part").with_columns(word=word).explode("word")
        known = known.filter(pl.col("word").is_in([*SPLITS]))
        splits = known.with_columns(split=pl.col("word").replace_strict(SPLITS, default=None))
        counts = splits.group_by("path", "part").agg(several=pl.col("split").n_unique())
        odd = counts.filter(pl.col("several") > 1).group_by("path").agg(pl.col("several").max())
        return odd.select(
            key="path", split=pl.lit(""), observed=pl.col("several").cast(pl.Float64)
        ).sort("key")

    def bound(self) -> str:
        return "the name of one split"
