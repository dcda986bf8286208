"""F190."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class LabelMissing(RowRule):
    """
    Samples without a label: pictures of a split that no folder and no file gives a class.

    Why it matters:
        A loader leaves them out, or takes the folder that they lie in for a class.

    Remedy:
        Put the file with the labels beside the split, or state how many have none.

    Source:
        tiny-imagenet's test split, whose labels are not published.
    """

    code: ClassVar[str] = "F190"
    name: ClassVar[str] = "label-missing"
    reads: ClassVar[tuple[str, ...]] = ("label",)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("label").is_null()).select("key", "split", observed=pl.lit(1.0))

    def bound(self) -> str:
        return "a label"
