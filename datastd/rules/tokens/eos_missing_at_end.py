"""C407."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules.tokens import FileRule


class EosMissingAtEnd(FileRule):
    """
    Files that neither end with an end of text, nor begin with a beginning of text.

    Why it matters:
        The last document was cut, or runs into the first one of the next file.

    Remedy:
        Write the file again; append the id to every document, the last one too.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C407"
    name: ClassVar[str] = "eos-missing-at-end"
    reads: ClassVar[tuple[str, ...]] = ("first_id", "last_id")

    level: Level = Level.WARN

    def counts(self) -> Mapping[str, pl.Expr]:
        some = pl.col("last_id") >= 0
        return {
            "first": pl.col("first_id").filter(some).first(),
            "last": pl.col("last_id").filter(some).last(),
        }

    def joined(self) -> Mapping[str, pl.Expr]:
        return {
            "first": pl.col("first").drop_nulls().first(),
            "last": pl.col("last").drop_nulls().last(),
        }

    def wrong(self, files: pl.DataFrame) -> pl.DataFrame:
        whole = pl.col("last").eq_missing(self.vocabulary.eos)
        if self.vocabulary.bos is not None:
            whole |= pl.col("first").eq_missing(self.vocabulary.bos)
        said = f"expected the id {self.vocabulary.eos} at the end, found {{}}"
        last = pl.col("last").cast(pl.String).fill_null("no id")
        return files.filter(~whole).select("file", observed="last", detail=pl.format(said, last))
