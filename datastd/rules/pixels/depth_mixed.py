"""F193."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import EXAMPLES, Example, Measurement
from datastd.rules import Rule, totals


class DepthMixed(Rule):
    """
    Images of several depths in one dataset: bytes in one split, wider numbers in another.

    Observed are the depths beyond the first; a depth that is not known is one too many.

    Why it matters:
        Loaders scale by the element type: 8-bit pixels are divided by 255 and others are
        not, so that a network is measured on pictures 255 times as bright as it learned.

    Remedy:
        Write all images in one element type.

    Source:
        torchvision ToTensor.
    """

    code: ClassVar[str] = "F193"
    name: ClassVar[str] = "image-depth-mixed"
    unit: ClassVar[str] = "depths too many"
    reads: ClassVar[tuple[str, ...]] = ("depth_bit", "split")

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        # NaN becomes null: neither is a depth.
        depth = pl.col("depth_bit").cast(pl.Int64, strict=False)
        return rows.group_by("split", depth).len("checked").sort("split", "depth_bit")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (checked,) = totals(partials, "checked")
        pairs = {row for part in partials for row in part.select("split", "depth_bit").rows()}
        depths = {depth for _, depth in pairs}
        more = max(0, len(depths - {None}) - 1) + (None in depths)
        named = [
            Example(key=split, observed=depth, detail=f"expected one depth, found {depth} bit")
            for split, depth in sorted(pairs, key=str)
        ]
        return Measurement(
            observed=more,
            checked=checked,
            failed=0,
            examples=tuple(named[:EXAMPLES]) if more else (),
        )
