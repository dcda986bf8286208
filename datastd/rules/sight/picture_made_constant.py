"""Q899."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenShare, said


class PictureMadeConstant(SeenShare):
    """
    Share of the pictures that the pipeline makes of one colour, and that were not.

    Why it matters:
        Nothing is left to learn from: integers divided by 255, or clamped, are all 0.

    Remedy:
        Follow one picture through the transform, step by step.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "Q899"
    name: ClassVar[str] = "picture-made-constant"
    table: ClassVar[str] = "pictures"
    reads: ClassVar[tuple[str, ...]] = ("low", "high")

    limit: float = 0.01
    because: str = "a crop may be of a part where nothing is"

    def wrong(self) -> pl.Expr:
        return pl.col("high") <= pl.col("low")

    def told(self) -> pl.Expr:
        return said("expected more than one value, found {} alone", "low")
