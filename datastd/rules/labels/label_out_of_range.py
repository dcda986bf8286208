"""F107."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class LabelOutOfRange(RowRule):
    """
    Labels outside the class list.

    Attributes:
        classes: Number of classes; labels run from `first` on.  None: a list is
            not known, and only labels below `first` are outside it.
        first: The first label; EMNIST letters begin with 1.

    Why it matters:
        A label beyond the last output is an index error on a CPU, and on a GPU
        an assertion that ends the process, hours after the start.

    Remedy:
        Correct the label, or name the class list that it belongs to.

    Source:
        torchvision EMNIST classes_split_dict.
    """

    code: ClassVar[str] = "F107"
    name: ClassVar[str] = "idx-label-out-of-range"
    reads: ClassVar[tuple[str, ...]] = ("label",)

    classes: int | None = None
    first: int = 0

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        inside = pl.col("label") >= self.first
        if self.classes is not None:
            inside &= pl.col("label") < self.first + self.classes
        return rows.filter(~inside.fill_null(value=False)).select(
            "key", "split", observed=pl.col("label").cast(pl.Float64)
        )

    def bound(self) -> str:
        last = "" if self.classes is None else str(self.first + self.classes - 1)
        return f"{self.first}…{last}"
