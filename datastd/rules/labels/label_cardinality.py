"""C740."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Measurement
from datastd.rules import Rule, totals

_MOST = 100_000  # labels that are told apart


class LabelCardinality(Rule):
    """
    How many labels there are more or less than were declared.

    Attributes:
        classes: How many there are to be.

    Why it matters:
        An output that no label trains is noise; a label without an output ends the
        training, or trains another class.

    Remedy:
        Correct the declaration, or collect what is missing.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C740"
    name: ClassVar[str] = "label-cardinality"
    unit: ClassVar[str] = "labels"
    reads: ClassVar[tuple[str, ...]] = ("label",)

    classes: int

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        labels = rows.select(label=pl.col("label").cast(pl.String)).drop_nulls().unique()
        seen = pl.DataFrame({"label": [None], "rows": [rows.height]}, _SCHEMA)
        return self.merged([seen, labels.with_columns(rows=pl.lit(0, pl.Int64))])

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return (
            pl.concat(partials)
            .group_by("label")
            .agg(pl.col("rows").sum())
            .sort("label")
            .head(_MOST)
        )

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (checked,) = totals(partials, "rows")
        labels = self.merged([pl.DataFrame(schema=_SCHEMA), *partials]).height - 1
        off = abs(labels - self.classes) if checked else 0
        return Measurement(observed=off, checked=checked, failed=0)


_SCHEMA = {"label": pl.String, "rows": pl.Int64}
