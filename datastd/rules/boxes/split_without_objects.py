"""C291."""

from typing import ClassVar

import polars as pl

from datastd.rules.boxes.absence import AbsenceRule


class SplitWithoutObjects(AbsenceRule):
    """
    Splits of which no picture has an object.

    Why it matters:
        Nothing is learned from it, or nothing measured: precision and recall over nothing are
        0, or left out of the mean without a word.

    Remedy:
        Put the annotations in place: mostly they were not copied, or written empty.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C291"
    name: ClassVar[str] = "split-without-objects"
    reads: ClassVar[tuple[str, ...]] = ("objects",)

    def has(self) -> pl.Expr:
        return pl.col("objects") > 0

    def bound(self) -> str:
        return "objects in some of its pictures"
