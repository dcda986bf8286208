"""F124."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import RowRule


class ImagefolderHiddenClassDir(RowRule):
    """
    Folders that a tool left behind, and that count as classes: ``.…`` and ``__MACOSX``.

    Why it matters:
        Every folder is a class to a loader; a hidden one sorts before all others and
        shifts every label by one.

    Remedy:
        Delete the folder.

    Source:
        torchvision datasets/folder.py find_classes, which leaves none out.
    """

    code: ClassVar[str] = "F124"
    name: ClassVar[str] = "imagefolder-hidden-class-dir"
    unit: ClassVar[str] = "class folders"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("class_name",)

    level: Level = Level.WARN

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        name = pl.col("class_name")
        hidden = name.str.starts_with(".") | (name == "__MACOSX")
        # A name that is null could not be looked at.
        return rows.filter(hidden.fill_null(value=True)).select(
            "key", "split", observed=pl.lit(1.0)
        )

    def bound(self) -> str:
        return "a folder of a class"
