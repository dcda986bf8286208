"""Q108."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import PositiveFloat

from datastd.model import Level, Measurement
from datastd.rules import Again, LaterRule, totals


class ImageOddSize(LaterRule):
    """
    Images far larger or smaller than the rest: x = √(width · height) is an outlier.

    Outside [Q1 - f·IQR, Q3 + f·IQR] of x over all images, f of 3, quartiles exact and
    interpolated linearly.  Where IQR is 0, the interval is one size and any other is odd,
    as in CleanVision: there distance / middle > 0.  An image without a size fails.

    Counted by area, so that a partial has a row for each that occurs.

    Attributes:
        iqr_factor: f, how far beyond the quartiles a size may lie, in IQR.

    Why it matters:
        A thumbnail among photos, or a scan among thumbnails, comes from elsewhere, and is
        scaled into something that looks like nothing else; the largest decide the memory.
        On photos of the web most findings are false: 204 of 1,000 of ImageNet's.

    Remedy:
        Look where the images named come from; leave them out, or state a tolerance.

    Source:
        CleanVision SizeProperty, iqr_factor 3.0.
    """

    code: ClassVar[str] = "Q108"
    name: ClassVar[str] = "image-odd-size"
    reads: ClassVar[tuple[str, ...]] = ("width_px", "height_px")
    keeps: ClassVar[tuple[str, ...]] = ("width_px", "height_px")

    level: Level = Level.WARN
    iqr_factor: PositiveFloat = 3.0

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.group_by(_area().alias("area")).len("images").sort("area")

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(partials).group_by("area").agg(pl.col("images").sum()).sort("area")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (checked,) = totals(partials, "images")
        return Measurement(observed=0, checked=checked, failed=0)

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """The smallest and the greatest x that are not odd."""
        known = self.merged(partials).drop_nulls("area")
        x = np.sqrt(known.get_column("area").to_numpy())
        ends = np.cumsum(known.get_column("images").to_numpy(), dtype=np.int64)
        if not len(x):
            return pl.DataFrame({"low": [np.nan], "high": [np.nan]})
        first, third = (_quantile(x, ends, share) for share in (0.25, 0.75))
        beyond = self.iqr_factor * (third - first)
        return pl.DataFrame({"low": [first - beyond], "high": [third + beyond]})

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        low, high = learned.row(0)
        usual = pl.col("observed").is_between(low, high).fill_null(value=False)
        found = pl.col("observed").round(1).cast(pl.String).fill_null("no size")
        said = pl.lit(f"expected √(width · height) from {low:.1f} to {high:.1f} px, found ")
        for rows in again():
            x = _area().cast(pl.Float64).sqrt()
            yield (
                rows.select("key", "split", observed=x)
                .filter(~usual)
                .with_columns(detail=pl.concat_str(said, found))
            )

    def bound(self) -> str:
        return f"a size within {self.iqr_factor:g} IQR of the quartiles"


def _area() -> pl.Expr:
    """Pixels of an image; null where a side is none, or no whole number above 0."""
    sides = [pl.col(side).cast(pl.Int64, strict=False) for side in ("width_px", "height_px")]
    return pl.when(*(side > 0 for side in sides)).then(sides[0] * sides[1])


def _quantile(x: NDArray[np.float64], ends: NDArray[np.int64], share: float) -> float:
    """The quantile of values *x*, each of which occurs until rank *ends*, linearly between two."""
    rank = share * float(ends[-1] - 1)
    below = int(rank)
    one, other = x[np.searchsorted(ends, [below, min(below + 1, int(ends[-1]) - 1)], side="right")]
    return float(one + (other - one) * (rank - below))
