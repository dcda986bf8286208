"""F269."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import RowRule


class YoloImageWithoutLabel(RowRule):
    """
    Pictures to which there is no label file.  An empty one says that the picture shows nothing.

    Why it matters:
        Trainers take the picture for background, and learn not to see what is in it.

    Remedy:
        Annotate it; or write an empty file, if it is background.

    Source:
        Ultralytics, data/utils.py, verify_image_label, which counts it as missing and trains on it.
    """

    code: ClassVar[str] = "F269"
    name: ClassVar[str] = "yolo-image-without-label"
    reads: ClassVar[tuple[str, ...]] = ("label_file",)
    asks: ClassVar[tuple[str, ...]] = ("label_file",)

    level: Level = Level.WARN

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        alone = rows.filter(pl.col("label_file") == "")
        return alone.select("key", "split", observed=pl.lit(1.0))

    def says(self, observed: float) -> str:
        del observed
        return "expected a label file, found none"
