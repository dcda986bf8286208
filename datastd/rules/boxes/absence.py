"""What rules share about splits in which something is nowhere."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Measurement
from datastd.rules import Rule, examples


class AbsenceRule(Rule):
    """A rule about the rows of each split, of which one at least has to have something."""

    unit: ClassVar[str] = "splits"

    def has(self) -> pl.Expr:
        """Whether a row has it."""
        raise NotImplementedError

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        some = self.has().fill_null(value=False).sum().cast(pl.Int64)
        return rows.group_by("split").agg(rows=pl.len().cast(pl.Int64), some=some)

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(partials).group_by("split").agg(pl.col("rows", "some").sum())

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        splits = self.merged(partials)
        bad = splits.filter(pl.col("some") == 0).sort("split")
        shown = bad.head(EXAMPLES).select(
            key="split", split="split", observed=pl.col("rows").cast(pl.Float64),
            detail=pl.lit(f"expected {self.bound()}, found none"),
        )  # fmt: skip
        return Measurement(
            observed=bad.height,
            checked=int(splits.get_column("rows").sum()),
            failed=bad.height,
            examples=examples(self, [shown]),
        )
