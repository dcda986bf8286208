"""C413."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from datastd.rules.tokens import FileRule


class ShardTokenCountManifest(FileRule):
    """
    Files that hold another number of tokens than was stated of them.

    Asked where something beside the files states it; files of which nothing is stated are
    not looked at.

    Why it matters:
        A file was cut or appended to after it was counted, and what was planned for a
        run, so many tokens of each source, is not what it gets.

    Remedy:
        Fetch the file again, or count again and write what is there.

    Source:
        Hugging Face, datatrove, pipeline/tokens/tokenizer.py, ``.metadata``.
    """

    code: ClassVar[str] = "C413"
    name: ClassVar[str] = "shard-token-count-manifest"
    reads: ClassVar[tuple[str, ...]] = ("token_count", "tokens_stated")
    asks: ClassVar[tuple[str, ...]] = ("tokens_stated",)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return super().partial(rows.drop_nulls("tokens_stated"))

    def counts(self) -> Mapping[str, pl.Expr]:
        return {"tokens": pl.col("token_count").sum(), "stated": pl.col("tokens_stated").max()}

    def joined(self) -> Mapping[str, pl.Expr]:
        return {"tokens": pl.col("tokens").sum(), "stated": pl.col("stated").max()}

    def wrong(self, files: pl.DataFrame) -> pl.DataFrame:
        return files.filter(pl.col("tokens") != pl.col("stated")).select(
            "file",
            observed=(pl.col("tokens") - pl.col("stated")).abs(),
            detail=pl.format("expected {} tokens, found {}", "stated", "tokens"),
        )
