"""Q895."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules.sight import SeenRule, said


class BatchSizeDiffers(SeenRule):
    """
    Batches whose pictures are of another size than those of the first.

    Why it matters:
        Meant in training at several scales; else a network with a head of fixed size ends there.

    Remedy:
        Resize and crop every picture to one size, or leave it, where the network takes any.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "Q895"
    name: ClassVar[str] = "batch-size-differs"
    unit: ClassVar[str] = "batches"
    table: ClassVar[str] = "batches"
    reads: ClassVar[tuple[str, ...]] = ("size", "first_size")

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        return pl.col("size") != pl.col("first_size")

    def told(self) -> pl.Expr:
        return said("expected {}, as in the first batch, found {}", "first_size", "size")
