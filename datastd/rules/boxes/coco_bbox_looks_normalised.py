"""F216."""

from typing import ClassVar

import polars as pl

from datastd.boxes import FRACTIONS, ROOMY
from datastd.rules.boxes.readings import ReadingRule


class CocoBboxLooksNormalised(ReadingRule):
    """
    Splits whose boxes seem to be fractions of their pictures: all numbers are from 0 to 1.

    Why it matters:
        In pixels every box is the first pixel of its picture, or less.

    Remedy:
        Multiply by the width and the height of the picture; YOLO's boxes begin at their middle.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "F216"
    name: ClassVar[str] = "coco-bbox-looks-normalised"

    def counts(self) -> tuple[pl.Expr, pl.Expr]:
        both = FRACTIONS | ROOMY
        return pl.lit(value=True), pl.col("box_reading") & both == both

    def looks(self) -> pl.Expr:
        return pl.col("all") == pl.col("boxes")

    def bound(self) -> str:
        return "pixels"

    def found(self) -> str:
        return "numbers from 0 to 1 alone"
