"""C899."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class LabelChanged(SeenRule):
    """
    Samples whose label, after the pipeline, is not that of their record.

    Compared is the record's label, or what `Pipeline.labels` makes of it.

    Why it matters:
        The model learns another label than the one that was checked.

    Remedy:
        Look for a shift by one, a list of classes in another order, and a label taken from
        another sample; where labels are renumbered on purpose, say how: `Pipeline.labels`.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C899"
    name: ClassVar[str] = "label-changed"
    table: ClassVar[str] = "labels"
    reads: ClassVar[tuple[str, ...]] = ("label", "seen")

    def wrong(self) -> pl.Expr:
        return pl.col("seen") != pl.col("label")

    def amount(self) -> pl.Expr:
        return pl.col("seen").fill_null(-1)

    def told(self) -> pl.Expr:
        return said("expected {}, found {}", "label", "seen")
