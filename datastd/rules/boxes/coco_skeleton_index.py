"""F235."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class CocoSkeletonIndex(RowRule):
    """
    Categories whose skeleton joins what are no two of their key points, numbered from 1.

    Why it matters:
        Whoever draws the skeleton subtracts 1: 0 is the last point, and one beyond them ends the
        process.

    Remedy:
        Number the points from 1 on, as they stand in ``keypoints``.

    Source:
        pycocotools coco.py, ``showAnns``.
    """

    code: ClassVar[str] = "F235"
    name: ClassVar[str] = "coco-skeleton-index"
    unit: ClassVar[str] = "categories"
    table: ClassVar[str] = "classes"
    reads: ClassVar[tuple[str, ...]] = ("edges_off",)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        sound = (pl.col("edges_off") == 0).fill_null(value=False)
        return rows.filter(~sound).select(
            "key", "split", observed=pl.col("edges_off").cast(pl.Float64)
        )

    def bound(self) -> str:
        return "pairs of key points, from 1 on"
