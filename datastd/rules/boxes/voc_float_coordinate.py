"""F244."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import RowRule
from datastd.words import many


class VocFloatCoordinate(RowRule):
    """
    Annotations with a box of which a coordinate is not written as a whole number.

    Why it matters:
        Loaders that read coordinates with ``int()`` end there, in the middle of an epoch.

    Remedy:
        Round the coordinates.

    Source:
        voc2coco#5, about VOC2012's 2011_003353 (45.70000076293945) and 2011_006777.
    """

    code: ClassVar[str] = "F244"
    name: ClassVar[str] = "voc-float-coordinate"
    unit: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("float_boxes",)

    level: Level = Level.WARN

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        odd = rows.filter(pl.col("float_boxes") > 0)
        return odd.select("key", "split", observed=pl.col("float_boxes").cast(pl.Float64))

    def bound(self) -> str:
        return "whole numbers in every box"

    def says(self, observed: float) -> str:
        return f"expected {self.bound()}, found others in {many(int(observed), 'object')}"
