"""Q896."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules.sight import SeenShare, said


class BoxesLost(SeenShare):
    """
    Share of the pictures of which the pipeline drops every box.

    Why it matters:
        They are learned as pictures of nothing; where the limits of size are in another unit
        than the boxes, that is every one.

    Remedy:
        Ask of a crop that it keeps a box, as ``RandomIoUCrop`` does.

    Source:
        torchvision, ``SanitizeBoundingBoxes``, `min_size`.
    """

    code: ClassVar[str] = "Q896"
    name: ClassVar[str] = "boxes-lost"
    table: ClassVar[str] = "boxed"
    reads: ClassVar[tuple[str, ...]] = ("before", "after")

    level: Level = Level.WARN
    limit: float = 0.5
    because: str = "a crop may be of a part without objects"

    def wrong(self) -> pl.Expr:
        return (pl.col("after") < 1) & (pl.col("before") > 0)

    def amount(self) -> pl.Expr:
        return pl.col("before")

    def told(self) -> pl.Expr:
        return said("expected some of {} boxes, found {}", *self.reads)
