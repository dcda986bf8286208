"""L298."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl

from datastd.model import Measurement
from datastd.rules import GroupRule


class MaskRepeated(GroupRule):
    """
    Share of the masks that another picture has too, to the pixel; masks of one value are left out.

    Why it matters:
        A mask that was written over others is the label of none of them, and nothing about it by
        itself is wrong: its values and its size are those of any.

    Remedy:
        Write the masks anew from their annotation; where the camera stands still, and so does all
        that is annotated, say so with a limit of your own.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "L298"
    name: ClassVar[str] = "mask-repeated"
    unit: ClassVar[str] = "fraction of masks"
    reads: ClassVar[tuple[str, ...]] = ("mask_digest",)
    meets_on: ClassVar[str | None] = "mask_digest"
    group: ClassVar[tuple[str, ...]] = ("mask_digest",)
    folds: ClassVar[bool] = True

    limit: float = 0.5
    because: str = "pictures of a camera that stands still, and small objects, may have the same"

    def wrong(self) -> pl.Expr:
        return (self.many("mask_digest") > 1) & (pl.col("mask_digest") != b"")

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        found = super().finish(partials)
        share = found.failed / found.checked if found.checked else 0.0
        return Measurement(observed=share, checked=found.checked, failed=found.failed)

    def bound(self) -> str:
        return "a mask of its own"
