"""C101."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Measurement
from datastd.rules import Again, LaterRule

_SET = pl.col("split").str.replace(r"[^/]*$", "")  # several sets in one folder have classes apart


class ClassSetDiffersBetweenSplits(LaterRule):
    """
    Classes that are in one split and not in another of the same set.

    Each folder of such a class is named, with the splits that lack it.

    Why it matters:
        A label is the position of its class in the sorted list of folders: one folder more
        in a split, and every later label means another class.

    Remedy:
        Give every split the same class folders, or take the odd one out.

    Source:
        torchvision datasets/folder.py find_classes: classes sorted for each split apart.
    """

    code: ClassVar[str] = "C101"
    name: ClassVar[str] = "class-set-differs-between-splits"
    unit: ClassVar[str] = "class folders"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("class_name",)
    keeps: ClassVar[tuple[str, ...]] = ("class_name",)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select("split", "class_name")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked = sum(part.height for part in partials)
        return Measurement(observed=0, checked=checked, failed=0)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """For each class that a split of its set lacks: set, name, and the splits without it."""
        every = pl.concat(partials).unique().with_columns(set=_SET)
        splits = every.select("set", "split").unique()
        wanted = every.select("set", "class_name").unique().join(splits, on="set")
        lacks = wanted.join(every, on=["set", "split", "class_name"], how="anti", nulls_equal=True)
        return lacks.group_by("set", "class_name").agg(pl.col("split").sort().alias("without"))

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        said = pl.lit("expected the class in every split, found none in ")
        for rows in again():
            odd = rows.with_columns(set=_SET).join(
                learned, on=["set", "class_name"], nulls_equal=True, maintain_order="left"
            )
            yield odd.select(
                "key",
                "split",
                observed=pl.col("without").list.len().cast(pl.Float64),
                detail=pl.concat_str(said, pl.col("without").list.join(", ")),
            )

    def bound(self) -> str:
        return "in every split"
