"""F253."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.rules import RowRule


class MaskValueRange(RowRule):
    """
    Masks with a value that is no class: neither from 0 to K-1 nor the one that is ignored.

    Observed is the lowest such value.  Masks of instances have no classes, and are not looked at.

    Attributes:
        mask_classes: K; none takes what the data state: a list of classes, or VOC's layout, of
            which it is 21.
        mask_ignore: The value of pixels that are ignored; none where there is no such value.

    Why it matters:
        A loss ends the process at such a value on a GPU, or a class is trained that is none.

    Remedy:
        Map the values to the list of classes; where they are right, state the list.

    Source:
        VOC2012's development kit; sunets#5.
    """

    code: ClassVar[str] = "F253"
    name: ClassVar[str] = "mask-value-range"
    reads: ClassVar[tuple[str, ...]] = ("values_outside",)
    tells: ClassVar[tuple[str, ...]] = ("mask_classes", "mask_ignore")

    mask_classes: int | None = Field(default=None, ge=1, le=1 << 24)
    mask_ignore: int | None = Field(default=255, ge=0)

    @property
    def asks(self) -> tuple[str, ...]:  # type: ignore[override]
        """What the data have to state, where the standard does not."""
        return ("classes_stated",) if self.mask_classes is None else ()

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return super().partial(rows.drop_nulls("values_outside"))

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        outside = pl.col("values_outside")
        first = outside.str.split(" ").list.first()
        return rows.filter(outside != "").select(
            "key",
            "split",
            observed=first.cast(pl.Float64, strict=False),
            detail=pl.format(f"expected {self.bound()}, found {{}}", outside),
        )

    def bound(self) -> str:
        last = (
            "the number of classes less 1"
            if self.mask_classes is None
            else f"{self.mask_classes - 1}"
        )
        other = "" if self.mask_ignore is None else f", or {self.mask_ignore}"
        return f"values from 0 to {last}{other}"
