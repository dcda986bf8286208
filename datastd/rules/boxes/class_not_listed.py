"""C297."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class ClassNotListed(RowRule):
    """
    Objects of a class that is not in the dataset's own list of classes.

    That is a number that has no name in YOLO's configuration, and a name that is not in the list
    beside annotations of Pascal VOC, letter for letter.  Of ids of COCO's, C202 is asked.

    Why it matters:
        A trainer leaves the whole file out with a warning, ends, or writes beyond an array.

    Remedy:
        Add the class to the list, or correct the object.

    Source:
        Ultralytics, data/utils.py, verify_image_label; CVAT's export to Pascal VOC.
    """

    code: ClassVar[str] = "C297"
    name: ClassVar[str] = "class-not-listed"
    unit: ClassVar[str] = "annotations"
    table: ClassVar[str] = "annotations"
    reads: ClassVar[tuple[str, ...]] = ("class_listed",)
    asks: ClassVar[tuple[str, ...]] = ("class_listed", "classes")

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        listed = pl.col("class_listed").fill_null(value=False)
        return rows.filter(~listed).select("key", "split", observed=pl.lit(1.0))

    def says(self, observed: float) -> str:
        del observed
        return "expected a class of the list, found another"
