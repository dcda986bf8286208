"""F245."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.rules import RowRule

VOC = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa",
    "train", "tvmonitor",
)  # fmt: skip
"""The classes of the challenge, in the order in which everyone numbers them."""


_SHOWN = 40  # letters of a name


class VocClassUnknown(RowRule):
    """
    Objects of a class that is not in the list: letter for letter, case and spaces included.

    Attributes:
        classes: The list: Pascal VOC's 20, unless another is given.

    Why it matters:
        A loader numbers classes by their place in the list, and ends at a name that is not in it.

    Remedy:
        Write the name as the list has it, or give the rule your own list.

    Source:
        Detectron2, pascal_voc.py, CLASS_NAMES; the development kit of the challenge.
    """

    code: ClassVar[str] = "F245"
    name: ClassVar[str] = "voc-class-unknown"
    unit: ClassVar[str] = "annotations"
    table: ClassVar[str] = "annotations"
    reads: ClassVar[tuple[str, ...]] = ("class_name",)

    classes: tuple[str, ...] = Field(VOC, min_length=1)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        known = pl.col("class_name").is_in(self.classes).fill_null(value=False)
        name = pl.col("class_name").fill_null("").str.slice(0, _SHOWN)
        said = pl.format('expected one of {} classes, found "{}"', len(self.classes), name)
        return rows.filter(~known).select("key", "split", observed=pl.lit(1.0), detail=said)
