"""C896."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.rules.sight import SeenShare, said


class PictureAndTargetPart(SeenShare):
    """
    Share of the samples whose picture the pipeline moves in another way than boxes or mask.

    Each sample is followed by one that is made: a picture of the same size, with a bright rectangle
    in a quarter of it that is a box, or a region of the mask.  After the transform the rectangle is
    looked for in the picture, and the target has to be where it is: their intersection over their
    union, in pixels or of what is around them, is `least` at least.  The label of a box has to be
    that of the rectangle's.  Where they do not agree, pictures that are all dark and all bright go
    the same way, by the same random numbers: where these two are alike, something was erased,
    filled or laid over, and is left aside.  Where a pipeline draws random numbers of its own, so
    that they do not go the same way, one more is made, dark on bright.  One that was cropped away,
    or erased, says nothing.

    Attributes:
        least: The least overlap.

    Why it matters:
        A flip or a crop of the picture alone leaves boxes inside it, and in the wrong place.

    Remedy:
        Give picture and targets to one call of the transform, as ``tv_tensors``.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "C896"
    name: ClassVar[str] = "picture-and-target-part"
    table: ClassVar[str] = "traces"
    reads: ClassVar[tuple[str, ...]] = ("overlap", "label", "seen")

    limit: float = 0.02
    because: str = "of random numbers of a pipeline's own, what fills a border may be taken for it"
    least: float = Field(default=0.5, gt=0, lt=1)

    def wrong(self) -> pl.Expr:
        return ~((pl.col("overlap") >= self.least) & pl.col("label").eq_missing(pl.col("seen")))

    def amount(self) -> pl.Expr:
        return pl.col("overlap")

    def told(self) -> pl.Expr:
        return (
            pl.when(pl.col("overlap") >= self.least)
            .then(said("expected the label {} with its box, found {}", "label", "seen"))
            .otherwise(
                said(
                    f"expected the target where the picture is, to {self.least:g}, found {{}}",
                    pl.col("overlap").round(3),
                )
            )
        )
