"""F258."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class MaskInstanceClassInconsistent(RowRule):
    """
    Images of which one instance covers more than one class, pixels of class 255 left out.

    Looked at are images with both masks, of classes and of instances, in one size.  Observed is
    the first such instance.

    Why it matters:
        One of the two masks is wrong, and nobody knows which a loader takes.

    Remedy:
        Look at the instances named; write both masks from one annotation.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "F258"
    name: ClassVar[str] = "mask-instance-class-inconsistent"
    reads: ClassVar[tuple[str, ...]] = ("mixed_instances",)
    asks: ClassVar[tuple[str, ...]] = ("instance_mask",)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return super().partial(rows.drop_nulls("mixed_instances"))

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        mixed = pl.col("mixed_instances")
        first = mixed.str.split(" ").list.first()
        return rows.filter(mixed != "").select(
            "key",
            "split",
            observed=first.cast(pl.Float64, strict=False),
            detail=pl.format("expected each instance in one class, found several in {}", mixed),
        )

    def bound(self) -> str:
        return "each instance in one class"
