"""F215."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.boxes import BEYOND, CORNERS
from datastd.rules.boxes.readings import ReadingRule


class CocoBboxLooksXyxy(ReadingRule):
    """
    Splits whose boxes seem to be two corners, and not a corner and two sides.

    Many reach beyond their picture as they should be read; and all of these lie inside it, and
    have an inside, if they are read as left, top, right and bottom.

    Attributes:
        share: Boxes that reach beyond their picture, of those of the split.

    Why it matters:
        Every object is learned with a box that is too large.

    Remedy:
        Write width and height: right less left, bottom less top.

    Source:
        Detectron#68.
    """

    code: ClassVar[str] = "F215"
    name: ClassVar[str] = "coco-bbox-looks-xyxy"

    share: float = Field(default=0.30, gt=0, le=1)

    def counts(self) -> tuple[pl.Expr, pl.Expr]:
        beyond = pl.col("box_reading") & BEYOND > 0
        return beyond, beyond & (pl.col("box_reading") & CORNERS > 0)

    def looks(self) -> pl.Expr:
        many = pl.col("some") >= self.share * pl.col("boxes")
        return many & (pl.col("some") > 0) & (pl.col("all") == pl.col("some"))

    def bound(self) -> str:
        return "left, top, width and height"

    def found(self) -> str:
        return "what fits its pictures as left, top, right and bottom"
