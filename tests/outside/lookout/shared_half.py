"""A rule on the narrow table of a measure: equal halves meet."""

from typing import ClassVar

import polars as pl

from datastd.rules import GroupRule


class SharedHalf(GroupRule):
    """
    Images that have a half in common.

    Why it matters:
        They are crops of one picture.

    Remedy:
        Keep one of them.

    Source:
        This package.
    """

    code: ClassVar[str] = "L991"
    name: ClassVar[str] = "shared-half"
    table: ClassVar[str] = "bands"
    reads: ClassVar[tuple[str, ...]] = ("band", "hash")
    meets_on: ClassVar[str | None] = "hash"
    group: ClassVar[tuple[str, ...]] = ("hash", "band")

    def wrong(self) -> pl.Expr:
        return pl.col("key").n_unique().over("hash", "band") > 1
