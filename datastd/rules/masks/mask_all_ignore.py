"""F256."""

import math
from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import NonNegativeFloat

from datastd.model import Level, Measurement
from datastd.rules import Rule, totals


class MaskAllIgnore(Rule):
    """
    Masks of which most pixels, or all, have the value that is ignored.

    Observed is the greatest share of any mask.  Above a half it is a warning; of a mask in which
    nothing is left to learn from, all of it, the rule has failed.

    Why it matters:
        A batch of such masks has a loss of 0 / 0: NaN, which ends the training.

    Remedy:
        Leave the samples named out, or annotate them.

    Source:
        datastd's own definition; ``torch.nn.functional.cross_entropy`` with ``ignore_index``.
    """

    code: ClassVar[str] = "F256"
    name: ClassVar[str] = "mask-all-ignore"
    unit: ClassVar[str] = "fraction of pixels"
    reads: ClassVar[tuple[str, ...]] = ("ignored_fraction",)

    level: Level = Level.WARN
    warn: NonNegativeFloat | None = 0.5
    limit: NonNegativeFloat = math.nextafter(1.0, 0.0)
    because: str = "a share of 1 leaves no pixel to learn from"

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        share = pl.col("ignored_fraction").fill_nan(None)
        return rows.select(
            checked=share.count(), failed=(share > self.warned).sum(), most=share.max()
        )

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat(partials).select(pl.col("checked", "failed").sum(), pl.col("most").max())

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, failed = totals(partials, "checked", "failed")
        shares = [share for part in partials for share in part["most"].drop_nulls().to_list()]
        return Measurement(observed=max(shares, default=0.0), checked=checked, failed=failed)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        share = pl.col("ignored_fraction")
        return rows.filter(share.is_not_nan() & (share > self.warned)).select(
            "key", "split", observed=share.cast(pl.Float64)
        )

    def cure(self, failing: pl.DataFrame) -> pl.DataFrame:
        return super().cure(failing.filter(pl.col("observed") > self.limit))

    @property
    def spares(self) -> bool:
        return True

    @property
    def warned(self) -> float:
        """The greatest share of one mask that nothing is said of."""
        return self.limit if self.warn is None else self.warn

    def bound(self) -> str:
        return f"at most {self.warned:g} of the pixels ignored"
