"""F114."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class CifarLabelRange(RowRule):
    """
    Labels outside CIFAR's classes: ten, or a hundred in twenty superclasses.

    Attributes:
        classes: Number of classes; labels run from 0 on.

    Why it matters:
        A byte too many or too few in a binary file makes pixels of labels: it shows as
        labels beyond the last class.  One such ends a training process on a GPU.

    Remedy:
        Fetch the file again and compare its checksum with the published one.

    Source:
        Krizhevsky, "The CIFAR-10 dataset", section "Dataset layout".
    """

    code: ClassVar[str] = "F114"
    name: ClassVar[str] = "cifar-label-range"
    reads: ClassVar[tuple[str, ...]] = ("label",)

    classes: int = 10

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(~_inside("label", self.classes)).select(
            "key", "split", observed=pl.col("label").cast(pl.Float64)
        )

    def bound(self) -> str:
        return f"0…{self.classes - 1}"


class Cifar100LabelRange(CifarLabelRange):
    """
    As `CifarLabelRange`, and the superclass too.

    Observed is the label; where that is one of the classes, the superclass.

    Attributes:
        coarse: Number of superclasses; their labels run from 0 on.
    """

    reads: ClassVar[tuple[str, ...]] = ("label", "coarse")

    classes: int = 100
    coarse: int = 20

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        fine, coarse = _inside("label", self.classes), _inside("coarse", self.coarse)
        wrong = pl.when(fine).then("coarse").otherwise("label")
        return rows.filter(~(fine & coarse)).select("key", "split", observed=wrong.cast(pl.Float64))

    def bound(self) -> str:
        return f"0…{self.classes - 1}, in a superclass of 0…{self.coarse - 1}"


def _inside(column: str, classes: int) -> pl.Expr:
    """Say of each row whether it has a label, and one of so many classes."""
    return pl.col(column).is_between(0, classes - 1).fill_null(value=False)
