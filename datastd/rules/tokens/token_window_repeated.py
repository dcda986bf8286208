"""L402."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Level, Measurement
from datastd.rules import Again, Rule, gathered, in_key_order, totals


class TokenWindowRepeated(Rule):
    """
    The share of windows of 64 tokens that were there before.

    Windows begin at every 64th token of a sample.  Of equal ones, the first in the order
    of keys is new, and all others repeat it.

    Why it matters:
        A model learns by heart what it sees often: text that is there ten times is quoted
        a thousand times as often.

    Remedy:
        Remove duplicate documents, and repeated passages, before the text is tokenised.

    Source:
        datastd's own definition; Lee et al. 2022, "Deduplicating training data makes
        language models better", arXiv:2107.06499.
    """

    code: ClassVar[str] = "L402"
    name: ClassVar[str] = "token-window-repeated"
    unit: ClassVar[str] = "fraction of windows"
    table: ClassVar[str] = "windows"
    reads: ClassVar[tuple[str, ...]] = ("at", "window")
    meets_on: ClassVar[str | None] = "window"

    level: Level = Level.WARN
    limit: float = 0.05
    because: str = "boilerplate repeats in any large corpus"

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        new = rows.get_column("window").n_unique()
        return pl.DataFrame({"checked": [rows.height], "failed": [rows.height - new]})

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, failed = totals(partials, "checked", "failed")
        share = failed / checked if checked else 0.0
        return Measurement(observed=share, checked=checked, failed=failed)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return self.grouped(rows).drop("group")

    def grouped(self, rows: pl.DataFrame) -> pl.DataFrame:
        alike = rows.filter(pl.col("window").is_duplicated())
        return _again(alike, _first(alike))

    def met(self, again: Again) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        first = gathered(again(), _first)
        for rows in again():
            later = _again(rows, first)
            yield pl.DataFrame({"checked": [rows.height], "failed": [later.height]}), later


def _first(rows: pl.DataFrame) -> pl.DataFrame:
    """Of equal windows the first in the order of keys."""
    ordered = in_key_order(rows.with_columns(observed=pl.col("at").cast(pl.Float64)))
    return ordered.unique("window", keep="first", maintain_order=True)


def _again(rows: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """List the windows that are not the first of theirs."""
    later = rows.join(first, on=["window", "key", "at"], how="anti", nulls_equal=True)
    said = "expected new text, found the 64 tokens from {} on a second time"
    return later.select(
        "key", "split", observed=pl.col("at").cast(pl.Float64), detail=pl.format(said, "at"),
        group=pl.col("window").cast(pl.String),
    )  # fmt: skip
