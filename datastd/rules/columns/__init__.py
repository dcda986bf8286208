"""Rules about columns of a table: what they hold, and whether they give something away."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import EXAMPLES, Example, Level, Measurement
from datastd.rules import Rule

MOST = 10_000
"""Values that a column of categories may have; what has more is free text, or a number."""

_SEEN = ""  # the column under whose name the rows are counted


class ColumnRule(Rule):
    """
    A rule about each of some columns by itself.

    Attributes:
        columns: The columns that are looked at, as the record names them.
    """

    unit: ClassVar[str] = "columns"

    level: Level = Level.WARN
    columns: tuple[str, ...] = Field(min_length=1)

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]
        """Every column that is looked at."""
        return self.columns


class CountsRule(ColumnRule):
    """A rule about how many rows are of which kind: `counts` says it of some of them."""

    def counts(self, rows: pl.DataFrame) -> Mapping[str, int]:
        """Count rows by kind; ``rows`` are all."""
        raise NotImplementedError

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        counts = {"rows": rows.height, **self.counts(rows)}
        kinds = dict.fromkeys(counts, pl.Int64)
        return pl.DataFrame({kind: [count] for kind, count in counts.items()}, kinds)

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(partials).sum()


class ValuesRule(ColumnRule):
    """A rule about which values each column has: `said` judges a column by all of them."""

    def said(self, values: Sequence[str | None]) -> str:
        """
        Say what is wrong with a column; nothing if nothing is.

        Args:
            values: Each value once, as text, in order, null first; of more than `MOST`
                so many and one.
        """
        raise NotImplementedError

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        seen = pl.DataFrame({"column": [_SEEN], "value": [""], "rows": [rows.height]})
        values = [
            rows.select(pl.lit(name).alias("column"), pl.col(name).cast(pl.String).alias("value"))
            .unique()
            .with_columns(rows=pl.lit(0, pl.Int64))
            for name in self.columns
        ]
        return self.merged([seen.cast({"rows": pl.Int64}), *values])

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        by = ["column", "value"]
        every = pl.concat(partials).group_by(by).agg(pl.col("rows").sum()).sort(by)
        return every.filter(pl.int_range(pl.len()).over("column") <= MOST)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        every = self.merged([pl.DataFrame(schema=_VALUES), *partials])
        values = {
            str(name): found
            for name, found in every.group_by("column").agg("value").rows()
            if name != _SEEN
        }
        said = {name: self.said(values.get(name, [])) for name in self.columns}
        return found_in(int(every.get_column("rows").sum()), said)


_VALUES = {"column": pl.String, "value": pl.String, "rows": pl.Int64}


def found_in(checked: int, said: Mapping[str, str]) -> Measurement:
    """A measurement of columns: those of which something is said, and what."""
    if not checked:
        return Measurement(observed=0, checked=0, failed=0)
    wrong = [(name, detail) for name, detail in said.items() if detail]
    return Measurement(
        observed=len(wrong),
        checked=checked,
        failed=0,
        examples=tuple(
            Example(key=name, observed=None, detail=detail) for name, detail in wrong[:EXAMPLES]
        ),
    )


def shown(name: str) -> pl.Expr:
    """The values of a column in words."""
    return pl.col(name).cast(pl.String).fill_null("none")
