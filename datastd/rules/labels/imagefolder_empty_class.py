"""F121."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class ImagefolderEmptyClass(RowRule):
    """
    Class folders without a file that may be a sample, at any depth.

    Why it matters:
        The class has an output and nothing to learn it from; torchvision refuses such a
        folder, and other loaders shift every later label by one.

    Remedy:
        Add the class's images, or remove the folder.

    Source:
        torchvision datasets/folder.py make_dataset.
    """

    code: ClassVar[str] = "F121"
    name: ClassVar[str] = "imagefolder-empty-class"
    unit: ClassVar[str] = "class folders"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("samples",)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        filled = (pl.col("samples") >= 1).fill_null(value=False)
        return rows.filter(~filled).select(
            "key", "split", observed=pl.col("samples").cast(pl.Float64)
        )

    def bound(self) -> str:
        return "at least 1 file of an allowed extension"
