"""Q109."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class ConstantImage(RowRule):
    """
    Images whose pixels are all identical.

    Why it matters:
        A blank image with a label teaches that nothing means something; it is what
        a failed decode or a lens cap leaves behind.

    Remedy:
        Capture the sample again or leave it out.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "Q109"
    name: ClassVar[str] = "image-constant"
    reads: ClassVar[tuple[str, ...]] = ("contrast",)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        # Not `contrast == 0`: NaN and null must fail too.
        varied = (pl.col("contrast") > 0) & pl.col("contrast").is_finite()
        return rows.filter(~varied.fill_null(value=False)).select(
            "key", "split", observed="contrast"
        )

    def bound(self) -> str:
        return "pixels that differ, by more than 0"
