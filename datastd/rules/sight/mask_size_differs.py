"""C895."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class MaskSizeDiffers(SeenRule):
    """
    Masks that are, after the pipeline, not of the size of their picture.

    Why it matters:
        A loss refuses them, or interpolates them: classes are averaged.

    Remedy:
        Give picture and mask to one call of the transform.

    Source:
        torchvision, references/segmentation.
    """

    code: ClassVar[str] = "C895"
    name: ClassVar[str] = "mask-size-differs"
    table: ClassVar[str] = "masks"
    reads: ClassVar[tuple[str, ...]] = ("width", "height", "picture_width", "picture_height")

    def wrong(self) -> pl.Expr:
        return (pl.col("width") != pl.col("picture_width")) | (
            pl.col("height") != pl.col("picture_height")
        )

    def amount(self) -> pl.Expr:
        return pl.max_horizontal(
            (pl.col("width") - pl.col("picture_width")).abs(),
            (pl.col("height") - pl.col("picture_height")).abs(),
        )

    def told(self) -> pl.Expr:
        return said(
            "expected {} × {}, as the picture, found {} × {}",
            "picture_width", "picture_height", "width", "height",
        )  # fmt: skip
