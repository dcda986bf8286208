"""F220."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.boxes import SMALL
from datastd.model import Level
from datastd.rules import RowRule


class CocoBboxSegmDisagree(RowRule):
    """
    Boxes that are not those around their outlines.

    Attributes:
        overlap: The least intersection over union of a box and the smallest one around its
            outline.
        small: Likewise, for objects of an area below 32² px, where half a pixel is much.

    Why it matters:
        A head for masks is trained on what is inside of the box alone; one of the two is of
        another object, or of another version of the picture.

    Remedy:
        Compute the box from the outline, or find out which of them was moved.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "F220"
    name: ClassVar[str] = "coco-bbox-segm-disagree"
    unit: ClassVar[str] = "annotations"
    table: ClassVar[str] = "annotations"
    reads: ClassVar[tuple[str, ...]] = ("segment_iou", "area_px")

    level: Level = Level.WARN
    overlap: float = Field(default=0.90, gt=0, le=1)
    small: float = Field(default=0.70, gt=0, le=1)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        least = pl.when(pl.col("area_px") < SMALL).then(self.small).otherwise(self.overlap)
        agrees = (pl.col("segment_iou") >= least) & pl.col("segment_iou").is_not_nan()
        return rows.filter(~agrees.fill_null(value=False)).select(
            "key", "split", observed="segment_iou"
        )

    def bound(self) -> str:
        return f"an overlap of {self.overlap:g}, of small objects {self.small:g}"
