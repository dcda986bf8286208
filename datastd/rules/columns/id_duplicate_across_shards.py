"""C008."""

from typing import ClassVar

import polars as pl

from datastd.rules import GroupRule


class IdDuplicateAcrossShards(GroupRule):
    """
    Records of one id in a split, in one shard or in several.

    Why it matters:
        A shard that was written twice doubles its records; and what is removed by its id
        stays in.

    Remedy:
        Keep one record of each id; give different records different ids.

    Source:
        Dolma, docs/data-format.md: ids are mandatory, and stable.
    """

    code: ClassVar[str] = "C008"
    name: ClassVar[str] = "id-duplicate-across-shards"
    reads: ClassVar[tuple[str, ...]] = ("id",)
    meets_on: ClassVar[str | None] = "id"
    group: ClassVar[tuple[str, ...]] = ("id", "split")
    folds: ClassVar[bool] = True

    def wrong(self) -> pl.Expr:
        return self.many("id", "split") > 1

    def bound(self) -> str:
        return "once in its split"
