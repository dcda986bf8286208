"""C212."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Measurement
from datastd.rules import Again, LaterRule


class CocoCategoryMapDiffers(LaterRule):
    """
    Categories whose id has another name in another split, or none.

    Why it matters:
        What one split calls a dog is a cat in the other, and all scores are of both; of a list
        that lacks one, every later category gets another output.

    Remedy:
        Write one list of categories into all files.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C212"
    name: ClassVar[str] = "coco-category-map-differs"
    unit: ClassVar[str] = "categories"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("category", "class_name")
    keeps: ClassVar[tuple[str, ...]] = ("category", "class_name")

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select("split", "category", "class_name")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked = sum(part.height for part in partials)
        return Measurement(observed=0, checked=checked, failed=0)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """For each category that a split calls otherwise, or lacks: its splits, and other names."""
        every = pl.concat(partials).unique()
        splits = every.get_column("split").n_unique()
        of_one = pl.col("category", "class_name")
        known = every.group_by(of_one).agg(pl.col("split").n_unique().alias("splits"))
        return known.filter(pl.col("splits") < splits).sort("category", "class_name")

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        expected = "expected {} as {} in every split, found it in {}"
        said = pl.format(expected, "class_name", "category", "splits")
        for rows in again():
            odd = rows.join(
                learned, on=["category", "class_name"], nulls_equal=True, maintain_order="left"
            )
            yield odd.select(
                "key", "split", observed=pl.col("splits").cast(pl.Float64), detail=said
            )

    def bound(self) -> str:
        return "one name in every split"
