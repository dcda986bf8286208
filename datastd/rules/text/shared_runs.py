"""What rules about runs of words that documents share with an evaluation set have in common."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import DATA, Measurement
from datastd.rules import Again, LaterRule, totals

_COUNTED = {
    "gram": pl.Int64, "item": pl.String, "documents": pl.Int64, "checked": pl.Int64,
    "compared": pl.Int64,
}  # fmt: skip

_FOUND = pl.col("other").is_not_null()
_JUDGED = pl.col("origin") == DATA


class SharedRuns(LaterRule):
    """
    A rule about documents with runs of words of an evaluation set.

    Its table is made by `measures.text.sought.shared`, of the documents and of the items of
    the evaluation set alike.  Which of the runs are too much, a subclass learns of how many
    documents have each.

    Attributes:
        common: The most documents that may have a run which counts.

    Class attributes:
        amount: What is observed of a document, of the columns ``runs`` (how many it has) and
            those that `learn` gives.
    """

    reads: ClassVar[tuple[str, ...]] = (
        "gram", "at", "start", "stop", "other", "other_start", "other_stop",
    )  # fmt: skip
    keeps: ClassVar[tuple[str, ...]] = ("origin", *reads)
    needs: ClassVar[tuple[str, ...]] = ("evaluation",)
    tells: ClassVar[tuple[str, ...]] = ("common",)  # what one leaves aside, another lists
    amount: ClassVar[pl.Expr] = pl.col("runs")

    common: int = Field(default=10, ge=1)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Count the documents that have each run, and the rows that were looked at."""
        found = rows.filter(_FOUND & _JUDGED).group_by("gram").agg(documents=pl.len())
        looked = rows.select(checked=(_JUDGED & ~_FOUND).sum(), compared=(_FOUND & ~_JUDGED).sum())
        nothing = pl.DataFrame(schema=_COUNTED)
        return pl.concat([nothing, looked, found], how="diagonal_relaxed")

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        of = ("gram", "item")
        return pl.concat(partials).group_by(of).agg(pl.exclude(of).sum())

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, compared = totals(partials, "checked", "compared")
        # With nothing: that is no look.
        return Measurement(observed=0, checked=checked if compared else 0, failed=0)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Learn which runs a document is to have none of, as ``gram``."""
        raise NotImplementedError

    def documents(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """How many documents have each run that any has: ``gram``, ``documents``."""
        return (
            pl.concat(partials)
            .group_by("gram")
            .agg(pl.col("documents").sum())
            .filter(pl.col("gram").is_not_null() & (pl.col("documents") > 0))
        )

    def needed(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(_FOUND & _JUDGED)

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        held: list[pl.DataFrame] = []  # runs of a document that may go on in the next piece
        for rows in again():
            found = pl.concat([*held, rows.join(learned, on="gram", maintain_order="left")])
            last = pl.col("key") == pl.col("key").last()
            held = [found.filter(last)]
            yield self._listed(found.filter(~last))
        yield from map(self._listed, held)

    def _listed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """List documents by their runs, each with its longest stretch of these."""
        goes_on = pl.all_horizontal(
            *(pl.col(name).diff() == 1 for name in ("gram", "at")),
            *(pl.col(name) == pl.col(name).shift() for name in ("key", "other")),
        )
        stretches = rows.group_by(
            (~goes_on).fill_null(value=True).cum_sum().alias("stretch"), maintain_order=True
        ).agg(pl.exclude("stop", "other_stop").first(), pl.col("stop", "other_stop").last(),
              length=pl.len())  # fmt: skip
        longest = pl.exclude("key").get(pl.col("length").arg_max())
        listed = stretches.group_by("key", maintain_order=True).agg(
            longest, runs=pl.col("length").sum()
        )
        return listed.select(
            "key", "split",
            observed=self.amount.cast(pl.Float64),
            detail=pl.format(
                "{} bytes {} to {}, which are {} to {} of {}",
                self.said(), "start", "stop", "other_start", "other_stop", "other",
            ),
        )  # fmt: skip

    def said(self) -> pl.Expr:
        """Say of a document what was expected, and found before the bytes that are named."""
        return pl.lit(f"expected {self.bound()}, found")
