"""Q898."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.rules.sight import SeenShare, said

_WHOLE = 128  # of 255: what is greater than that was left at it


class PixelsOutOfScale(SeenShare):
    """
    Share of the pictures whose pixels are scaled or normalised twice, or not at all.

    Of pixels in floating point none is beyond ±`most`: what is left at 255 and divided by a
    deviation is.  And their range is at least `least` of that before, where 1 is from the darkest
    to the brightest that integers hold: what is divided by 255 twice has 1/255 of it, and after
    ``Normalize`` 1/58.  Where pixels reach below 0, their standard deviation within a picture is
    `widest` at most, unless they were left at 255: normalised they have about 1, and twice 4.

    Attributes:
        least: The least range, as a share of that before.
        most: The greatest magnitude.
        widest: The greatest deviation of what is normalised.

    Why it matters:
        Every picture looks alike to the model, or saturates it; training goes on, and badly.

    Remedy:
        Divide by 255 once: ``ToTensor`` and ``ToDtype(scale=True)`` do so already.  Normalise once:
        the processor of a pretrained model does so too.

    Source:
        torchvision, ``ToTensor``, ``Normalize``.
    """

    code: ClassVar[str] = "Q898"
    name: ClassVar[str] = "pixels-out-of-scale"
    table: ClassVar[str] = "pictures"
    reads: ClassVar[tuple[str, ...]] = ("low", "high", "floating", "before", "deviation")

    least: float = Field(default=0.05, gt=0, lt=1)
    most: float = Field(default=256.0, gt=0)
    widest: float = Field(default=2.5, gt=0)
    limit: float = 0.1
    because: str = "a crop may be of a part where little is"

    def wrong(self) -> pl.Expr:
        return pl.col("floating") & ~(
            (pl.col("low") >= -self.most)
            & (pl.col("high") <= self.most)
            & (self.amount() >= self.least * pl.col("before"))
            & (
                (pl.col("low") >= 0)
                | (pl.col("deviation") <= self.widest)
                | (self.amount() >= _WHOLE * pl.col("before"))
            )
        )

    def amount(self) -> pl.Expr:
        return pl.col("high") - pl.col("low")

    def told(self) -> pl.Expr:
        return said(
            f"expected pixels within ±{self.most:g}, a range over {self.least:g} of that before, "
            f"and a deviation of at most {self.widest:g} where some are below 0, "
            "found {} to {}, deviation {}",
            *(pl.col(name).round_sig_figs(3) for name in ("low", "high", "deviation")),
        )
