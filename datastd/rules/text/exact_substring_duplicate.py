"""L305."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import Level
from datastd.rules import FAILING, RowRule, in_key_order


class ExactSubstringDuplicate(RowRule):
    """
    Spans of 50 words or more that were in the data before: in another document, or in this.

    Words, and symbols, are those of Gopher's measures, and 50 of them are as many tokens or
    more; they are compared byte for byte, whatever white space is between them.  Every span
    counts, wherever it begins: equal ones meet by their anchors, which they share, and are
    compared by hashes of 64 bits of all of their words.  Counted are stretches, neighbouring
    spans of one anchor, of which text has one about every 13 words.  Of equal spans the first
    in the order of keys is new, and each stretch that has another is named.  Meanwhile the
    spans lie on disk, about 14 bytes for each word.

    Attributes:
        span: The words of a span.

    Why it matters:
        A model learns by heart what it sees often: text that is there ten times is quoted a
        thousand times as often.

    Remedy:
        Remove duplicate documents first, then cut the bytes named out of the documents.

    Source:
        Lee et al. 2022, "Deduplicating training data makes language models better",
        arXiv:2107.06499; google-research/deduplicate-text-datasets, which takes 100 bytes of
        tokens of two bytes each.
    """

    code: ClassVar[str] = "L305"
    name: ClassVar[str] = "exact-substring-duplicate"
    unit: ClassVar[str] = "stretches"
    table: ClassVar[str] = "stretches"
    reads: ClassVar[tuple[str, ...]] = ("anchor", "start", "stop", "spans")
    meets_on: ClassVar[str | None] = "anchor"
    tells: ClassVar[tuple[str, ...]] = ("span",)

    level: Level = Level.WARN
    span: int = Field(default=50, ge=2)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return self.grouped(rows).drop("group")

    def grouped(self, rows: pl.DataFrame) -> pl.DataFrame:
        met = rows.filter(pl.col("anchor").is_duplicated())
        ordered = in_key_order(met.with_columns(observed=pl.col("start").cast(pl.Float64)))
        first = pl.struct("key", "start", "stop").first().over("anchor", "spans")
        again = (
            ordered.with_row_index("stretch")
            .explode("spans")
            .filter(pl.col("spans").is_not_null())
            .with_columns(first=first, again=pl.int_range(pl.len()).over("anchor", "spans"))
            .filter(pl.col("again") > 0)
            .unique("stretch", keep="first", maintain_order=True)
        )
        there = pl.col("first").struct
        return again.select(
            *FAILING,
            detail=pl.format(
                "expected {}, found {} words in bytes {} to {} that are in bytes {} to {} of {}",
                pl.lit(self.bound()), self.span, "start", "stop",
                there.field("start"), there.field("stop"), there.field("key"),
            ),
            group=pl.col("anchor").cast(pl.String),
        )  # fmt: skip

    def bound(self) -> str:
        return "new text"
