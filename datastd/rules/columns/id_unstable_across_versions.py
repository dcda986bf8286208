"""C009."""

from typing import ClassVar, Literal

import polars as pl

from datastd.model import DATA, Level
from datastd.rules import GroupRule


class IdUnstableAcrossVersions(GroupRule):
    """
    Records whose content is that of the earlier version (input `reference`), and whose id is not.

    Content is what the digest of a record covers; where several records share it, their
    ids are compared as sets.

    Why it matters:
        Whoever was removed by an id is back under another one.

    Remedy:
        Keep the ids of records that stay as they are.

    Source:
        Dolma, docs/data-format.md: ids are stable across versions.
    """

    code: ClassVar[str] = "C009"
    name: ClassVar[str] = "id-unstable-across-versions"
    reads: ClassVar[tuple[str, ...]] = ("digest", "id")
    meets_on: ClassVar[str | None] = "digest"
    group: ClassVar[tuple[str, ...]] = ("digest",)
    folds: ClassVar[bool] = True
    needs: ClassVar[tuple[str, ...]] = ("reference",)
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        here, there = (pl.col("origin") == DATA), (pl.col("origin") == "reference")
        both = here.any().over("digest") & there.any().over("digest")
        before = pl.when(there).then("id").drop_nulls().unique().implode().over("digest")
        return here & both & ~pl.col("id").is_in(before)

    def bound(self) -> str:
        return "the id that it had in the earlier version"

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.bound()}, found another"
