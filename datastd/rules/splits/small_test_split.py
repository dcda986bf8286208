"""L708."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Level, Measurement
from datastd.rules import Rule, precedence


class SmallTestSplit(Rule):
    """
    A split to measure with that is too small to tell one model from another.

    Splits called ``test…``, ``val…``, ``dev…`` and ``eval…`` are to measure with.

    Attributes:
        rows: The fewest rows that one may have.
        share: The fewest, as a share of the rows of all ``train…`` splits of the dataset.

    Why it matters:
        Of 99 rows a model that is right in 90 % is right in 84 to 96 %: most improvements
        are smaller.

    Remedy:
        Hold more rows back.

    Source:
        deepchecks datasets_size_comparison: 100 rows, 1 %.
    """

    code: ClassVar[str] = "L708"
    name: ClassVar[str] = "test-too-small"
    unit: ClassVar[str] = "splits"
    reads: ClassVar[tuple[str, ...]] = ("split",)

    level: Level = Level.WARN
    rows: int = 100
    share: float = 0.01

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return (
            rows.select("split", kind=precedence())
            .group_by("split", "kind")
            .len("rows")
            .sort("split")
        )

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(partials).group_by("split", "kind").agg(pl.col("rows").sum()).sort("split")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        if not partials:
            return Measurement(observed=0, checked=0, failed=0)
        every = self.merged(partials)
        learns = int(every.filter(kind=3).get_column("rows").sum())
        fewest = max(self.rows, self.share * learns)
        small = every.filter((pl.col("kind") < 2) & (pl.col("rows") < fewest))  # noqa: PLR2004
        return Measurement(
            observed=small.height,
            checked=int(every.get_column("rows").sum()),
            failed=0,
            examples=tuple(
                Example(
                    key=split,
                    observed=rows,
                    detail=f"expected at least {fewest:g} rows, found {rows}",
                )
                for split, rows in small.select("split", "rows").head(EXAMPLES).rows()
            ),
        )
