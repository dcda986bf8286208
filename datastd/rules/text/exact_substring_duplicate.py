"""L305."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import ClassVar

import numpy as np
import polars as pl
from pydantic import Field

from datastd.model import Level
from datastd.rules import FAILING, Again, RowRule, gathered, in_key_order


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
        return pl.concat(found for _, found in self.met(lambda: iter([rows])))

    def met(self, again: Again) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        few, alone = [*islice(again(), 2)], 0
        if len(few) == 1:  # as nearly always: whose anchor is alone in it is alone
            alike = few[0].filter(_is_twice(few[0].get_column("anchor")))
            again, alone = partial(iter, [alike]), few[0].height - alike.height
        one = pl.lit(1).alias("rows")
        counts = gathered((rows.select("anchor", one) for rows in again()), _summed)
        anchors = counts.filter(pl.col("rows") > 1).select("anchor")
        first = gathered((_spans(rows, anchors) for rows in again()), _first)
        for rows in again():
            found = self._listed(_spans(rows, anchors), first)
            checked, alone = rows.height + alone, 0
            yield pl.DataFrame({"checked": [checked], "failed": [found.height]}), found

    def _listed(self, spans: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
        """List the stretches of which a span was there before."""
        here, there = pl.struct("key", "start", "stop"), pl.col("first").struct
        named = first.select("anchor", "spans", first=here)
        again = (
            spans.join(named, on=["anchor", "spans"], maintain_order="left")
            .with_columns(within=pl.int_range(pl.len()).over("stretch", "spans"))
            .filter((here != pl.col("first")) | (pl.col("within") > 0))
            .unique("stretch", keep="first", maintain_order=True)
        )
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


def _is_twice(anchors: pl.Series) -> pl.Series:
    """Mark the anchors that are there again; sorting them takes less time than counting them."""
    ordered = np.sort(anchors.to_numpy())
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return anchors.is_in(pl.Series(twice).implode())


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("anchor").agg(pl.col("rows").sum())


def _spans(rows: pl.DataFrame, anchors: pl.DataFrame) -> pl.DataFrame:
    """The spans of the stretches with one of the anchors, in the order of keys."""
    met = rows.join(anchors, on="anchor", how="semi")
    ordered = in_key_order(met.with_columns(observed=pl.col("start").cast(pl.Float64)))
    spans = ordered.with_row_index("stretch").explode("spans")
    return spans.filter(pl.col("spans").is_not_null())


def _first(spans: pl.DataFrame) -> pl.DataFrame:
    """Of equal spans the first in the order of keys."""
    return in_key_order(spans).unique(["anchor", "spans"], keep="first", maintain_order=True)
