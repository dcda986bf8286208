"""Q898."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.rules.sight import SeenShare, said


class PixelsOutOfScale(SeenShare):
    """
    Share of the pictures whose pixels are scaled twice, or not at all.

    Of pixels in floating point none is beyond ±`most`: what is left at 255 and divided by a
    deviation is.  And their range is at least `least` of that before, where 1 is from the darkest
    to the brightest that integers hold: what is divided by 255 twice has 1/255 of it, and after
    ``Normalize`` 1/58.

    Attributes:
        least: The least range, as a share of that before.
        most: The greatest magnitude.

    Why it matters:
        Every picture looks alike to the model, or saturates it; training goes on, and badly.

    Remedy:
        Divide by 255 once: ``ToTensor`` and ``ToDtype(scale=True)`` do so already.

    Source:
        torchvision, ``ToTensor``, ``Normalize``.
    """

    code: ClassVar[str] = "Q898"
    name: ClassVar[str] = "pixels-out-of-scale"
    table: ClassVar[str] = "pictures"
    reads: ClassVar[tuple[str, ...]] = ("low", "high", "floating", "before")

    least: float = Field(default=0.05, gt=0, lt=1)
    most: float = Field(default=256.0, gt=0)
    limit: float = 0.1
    because: str = "a crop may be of a part where little is"

    def wrong(self) -> pl.Expr:
        return pl.col("floating") & ~(
            (pl.col("low") >= -self.most)
            & (pl.col("high") <= self.most)
            & (pl.col("high") - pl.col("low") >= self.least * pl.col("before"))
        )

    def amount(self) -> pl.Expr:
        return pl.col("high") - pl.col("low")

    def told(self) -> pl.Expr:
        return said(
            f"expected pixels within ±{self.most:g}, over {self.least:g} of the range before, "
            "found {} to {}",
            pl.col("low").round_sig_figs(3), pl.col("high").round_sig_figs(3),
        )  # fmt: skip
