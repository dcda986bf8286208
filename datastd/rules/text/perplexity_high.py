"""Q380."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import Level
from datastd.rules import RowRule


class PerplexityHigh(RowRule):
    """
    Documents that a model of n-grams does not expect: the input ``ngrams``, in ARPA's format.

    What the perplexity is, the measure says; it depends on the model, and on how its words
    were made.

    Attributes:
        most: The greatest perplexity that is kept.

    Why it matters:
        What no model of the language expects is often none: remains of tables and menus,
        lists, noise.

    Remedy:
        Look at the documents named: leave them out, or set the standard's `most` to what the
        model says of good text.

    Source:
        data-juicer, ``perplexity_filter``, 1,500; BLOOM's filters take 10,000.  CCNet calls
        English text below 340 its head, and from 520 on its tail, by a model of its own.
    """

    code: ClassVar[str] = "Q380"
    name: ClassVar[str] = "perplexity-high"
    needs: ClassVar[tuple[str, ...]] = ("ngrams",)
    reads: ClassVar[tuple[str, ...]] = ("perplexity",)

    level: Level = Level.WARN
    most: float = Field(default=1500.0, ge=1)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = rows.select("key", "split", observed="perplexity")
        kept = (pl.col("observed") <= self.most).fill_null(value=False)  # NaN is above all
        return found.filter(~kept)

    def bound(self) -> str:
        return f"a perplexity of at most {self.most:g}"
