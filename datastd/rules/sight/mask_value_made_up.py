"""C894."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class MaskValueMadeUp(SeenRule):
    """
    Masks with values, after the pipeline, that the mask of the record has not.

    Values that a loss leaves out (`Pipeline.ignore`) may come in: they fill what a rotation leaves
    empty.  What `Pipeline.labels` makes of the record's values are the record's.

    Why it matters:
        A mask that was resized as a picture has, between classes 0 and 15, some pixels of class 7.

    Remedy:
        Resize masks by the nearest neighbour, and never divide them by 255: as
        ``tv_tensors.Mask`` they are treated as such.

    Source:
        torchvision, references/segmentation: ``InterpolationMode.NEAREST`` for targets.
    """

    code: ClassVar[str] = "C894"
    name: ClassVar[str] = "mask-value-made-up"
    table: ClassVar[str] = "masks"
    reads: ClassVar[tuple[str, ...]] = ("strange", "value")

    def wrong(self) -> pl.Expr:
        return pl.col("strange") > 0

    def amount(self) -> pl.Expr:
        return pl.col("strange")

    def told(self) -> pl.Expr:
        return said(
            "expected values of the record's mask, found {} pixels of others, as {}", *self.reads
        )
