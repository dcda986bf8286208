"""F898."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class TensorNotFinite(SeenRule):
    """
    Items with a number that is NaN or infinite, in any of their tensors, or in their batch.

    Why it matters:
        One NaN makes the loss NaN, and with the next step every parameter.

    Remedy:
        Look at what divides by zero, or takes a logarithm, in the transform of the sample named.

    Source:
        IEEE 754: whatever is computed with NaN is NaN.
    """

    code: ClassVar[str] = "F898"
    name: ClassVar[str] = "tensor-not-finite"
    unit: ClassVar[str] = "items"
    table: ClassVar[str] = "items"
    reads: ClassVar[tuple[str, ...]] = ("nonfinite", "place")

    def wrong(self) -> pl.Expr:
        return pl.col("nonfinite") > 0

    def amount(self) -> pl.Expr:
        return pl.col("nonfinite")

    def told(self) -> pl.Expr:
        return said("expected finite numbers, found {} others in {}", "nonfinite", "place")
