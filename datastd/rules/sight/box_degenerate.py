"""F895."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class BoxDegenerate(SeenRule):
    """
    Boxes, after the pipeline, that are not wider and higher than 0.

    Why it matters:
        torchvision's detectors refuse such a box in the middle of an epoch; others divide by
        its size, and the loss is NaN.

    Remedy:
        Take such boxes out after the geometry: ``SanitizeBoundingBoxes``, as the last step.

    Source:
        torchvision, ``GeneralizedRCNN.forward``: "All bounding boxes should have positive height
        and width".
    """

    code: ClassVar[str] = "F895"
    name: ClassVar[str] = "box-degenerate"
    unit: ClassVar[str] = "boxes"
    table: ClassVar[str] = "boxes"
    reads: ClassVar[tuple[str, ...]] = ("left", "top", "right", "bottom")

    def wrong(self) -> pl.Expr:
        return ~((pl.col("right") > pl.col("left")) & (pl.col("bottom") > pl.col("top")))

    def amount(self) -> pl.Expr:
        return pl.min_horizontal(pl.col("right") - pl.col("left"), pl.col("bottom") - pl.col("top"))

    def told(self) -> pl.Expr:
        return said(
            "expected a box wider and higher than 0, found {}, {} to {}, {}",
            *(pl.col(name).round(1) for name in self.reads),
        )
