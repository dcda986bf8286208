"""C898."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said

_LEEWAY = 0.5  # pixels


class BoxOutsidePicture(SeenRule):
    """
    Boxes, after the pipeline, that reach beyond the picture as it is then.

    Half a pixel is let pass: interpolation rounds.

    Why it matters:
        A picture that was resized, and whose boxes were not, has them where nothing is.

    Remedy:
        Give boxes to the same transform as the picture, and clamp them after a crop.

    Source:
        torchvision, "Transforms v2": boxes are ``tv_tensors.BoundingBoxes``, or they are left as
        they are; ``ClampBoundingBoxes``.
    """

    code: ClassVar[str] = "C898"
    name: ClassVar[str] = "box-outside-picture"
    unit: ClassVar[str] = "boxes"
    table: ClassVar[str] = "boxes"
    reads: ClassVar[tuple[str, ...]] = ("left", "top", "right", "bottom", "width", "height")

    def wrong(self) -> pl.Expr:
        return ~(
            (pl.col("left") >= -_LEEWAY)
            & (pl.col("top") >= -_LEEWAY)
            & (pl.col("right") <= pl.col("width") + _LEEWAY)
            & (pl.col("bottom") <= pl.col("height") + _LEEWAY)
        )

    def amount(self) -> pl.Expr:
        return pl.max_horizontal(
            -pl.col("left"), -pl.col("top"), pl.col("right") - pl.col("width"),
            pl.col("bottom") - pl.col("height"),
        )  # fmt: skip

    def told(self) -> pl.Expr:
        return said(
            "expected a box inside the picture, found {}, {} to {}, {} in {} × {}",
            *(pl.col(name).round(1) for name in self.reads),
        )
