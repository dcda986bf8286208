"""C406."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules.tokens import ShareRule


class EosConsecutive(ShareRule):
    """
    End-of-text ids side by side, as a share of all of them, in the worst file.

    Ids at the end of one sample and the beginning of the next are side by side too.

    Why it matters:
        Between two of them lies a document without a word: the model learns to end before
        it begins.

    Remedy:
        Leave empty texts out before they are tokenised; append the id once.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C406"
    name: ClassVar[str] = "eos-consecutive"
    unit: ClassVar[str] = "pairs for each end of text"
    reads: ClassVar[tuple[str, ...]] = ("first_id", "last_id", "eos_count", "eos_pairs")

    level: Level = Level.WARN
    limit: float = 0.001
    because: str = "a document in a thousand may be empty"

    def counts(self) -> Mapping[str, pl.Expr]:
        some = pl.col("last_id") >= 0  # a sample without an id lies between no two
        first, last = pl.col("first_id").filter(some), pl.col("last_id").filter(some)
        return {
            "first": first.first(),
            "last": last.last(),
            "ends": pl.col("eos_count").sum(),
            "pairs": pl.col("eos_pairs").sum() + self._between(first, last),
        }

    def joined(self) -> Mapping[str, pl.Expr]:
        first, last = pl.col("first").drop_nulls(), pl.col("last").drop_nulls()
        return {
            "first": first.first(),
            "last": last.last(),
            "ends": pl.col("ends").sum(),
            "pairs": pl.col("pairs").sum() + self._between(first, last),
        }

    def share(self) -> pl.Expr:
        return pl.col("pairs") / pl.col("ends").clip(1)

    def _between(self, first: pl.Expr, last: pl.Expr) -> pl.Expr:
        """How often one run ends with the id, and the next begins with it."""
        eos = self.vocabulary.eos
        return ((last.shift() == eos) & (first == eos)).sum()
