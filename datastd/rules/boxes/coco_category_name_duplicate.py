"""C211."""

from typing import ClassVar

import polars as pl

from datastd.names import folded
from datastd.rules import GroupRule

_FOLDED = "folded name"  # no column of data has a name with a space


class CocoCategoryNameDuplicate(GroupRule):
    """
    Categories of one split whose names are one, but for case and white space at their ends.

    So are names that nobody tells apart: equal after Unicode's NFKC, without marks of no width.

    Why it matters:
        One thing has two outputs, and each learns from a part of it.

    Remedy:
        Merge them, and their annotations.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C211"
    name: ClassVar[str] = "coco-category-name-duplicate"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("class_name",)
    meets_on: ClassVar[str | None] = _FOLDED
    group: ClassVar[tuple[str, ...]] = (_FOLDED, "split")
    brings: ClassVar[tuple[str, ...]] = (_FOLDED,)
    version: ClassVar[int] = 2

    def brought(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Each category with its name as it is compared."""
        names = [None if one is None else folded(one) for one in rows["class_name"]]
        compared = pl.Series(_FOLDED, names, pl.String)
        return rows.select("key", "split", "origin").with_columns(compared)

    def wrong(self) -> pl.Expr:
        return self.many(_FOLDED, "split") > 1

    def bound(self) -> str:
        return "a name of its own"
