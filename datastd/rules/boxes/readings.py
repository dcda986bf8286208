"""What rules share that ask of a whole split whether its boxes are written in another way."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Measurement
from datastd.rules import Rule, examples


class ReadingRule(Rule):
    """A rule about the boxes of each split, as what else they can be read (`box_reading`)."""

    unit: ClassVar[str] = "splits"
    table: ClassVar[str] = "annotations"
    reads: ClassVar[tuple[str, ...]] = ("box_reading",)

    def counts(self) -> tuple[pl.Expr, pl.Expr]:
        """Which boxes are counted as ``some``, and which as ``all``."""
        raise NotImplementedError

    def looks(self) -> pl.Expr:
        """Whether a split is wrong, by its counts ``boxes``, ``some`` and ``all``."""
        raise NotImplementedError

    def found(self) -> str:
        """What boxes of such a split are, in words."""
        raise NotImplementedError

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        some, all_ = self.counts()
        whole = pl.Int64
        return rows.group_by("split").agg(
            pl.len().cast(whole).alias("rows"),
            pl.col("box_reading").count().cast(whole).alias("boxes"),
            some.cast(whole).sum().alias("some"),
            all_.cast(whole).sum().alias("all"),
        )

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return (
            pl.concat(partials).group_by("split").agg(pl.col("rows", "boxes", "some", "all").sum())
        )

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        splits = self.merged(partials)
        bad = splits.filter(pl.col("boxes") > 0, self.looks()).sort("split")
        detail = pl.lit(f"expected {self.bound()}, found {self.found()}")
        shown = bad.head(EXAMPLES).select(
            key="split", split="split", observed=pl.col("boxes").cast(pl.Float64), detail=detail
        )
        return Measurement(
            observed=bad.height,
            checked=int(splits.get_column("rows").sum()),
            failed=bad.height,
            examples=examples(self, [shown]),
        )
