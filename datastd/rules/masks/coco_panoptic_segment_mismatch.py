"""C213."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule

_FOUND, _STATED = (
    tuple(f"{name}_{said}_px" for name in ("area", "x", "y", "w", "h"))
    for said in ("found", "listed")
)


class CocoPanopticSegmentMismatch(RowRule):
    """
    Segments that a panoptic mask and its list do not have alike.

    A number, R + 256 G + 65536 B, is in both, and once in the list; its pixels are as many as
    the list says, and the box around them is that of the list.  0 is no segment.  Observed is the
    number.

    Why it matters:
        panopticapi ends with an error at a number that is not listed, or at a listed one without
        a pixel; boxes and areas of loaders come from the list, and not from the mask.

    Remedy:
        Write the list anew from the mask; a mask that was resized or compressed, from its source.

    Source:
        cocodataset.org, "Data format", 4; panopticapi, evaluation.py.
    """

    code: ClassVar[str] = "C213"
    name: ClassVar[str] = "coco-panoptic-segment-mismatch"
    unit: ClassVar[str] = "segments"
    table: ClassVar[str] = "segments"
    reads: ClassVar[tuple[str, ...]] = ("segment", "listed", *_FOUND, *_STATED)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        found, stated = (
            pl.concat_list(pl.col(names).cast(pl.Float64)) for names in (_FOUND, _STATED)
        )
        here = pl.col("segment")
        said = (
            pl.when(pl.col("listed") == 0)
            .then(pl.format("expected numbers of the list, found {} in the mask", here))
            .when(pl.col("listed") > 1)
            .then(pl.format("expected each segment once, found {} listed {} times", here, "listed"))
            .when(pl.col("area_found_px") == 0)
            .then(pl.format("expected pixels of segment {}, found none in the mask", here))
            .otherwise(
                pl.format(
                    "expected of segment {} area and box of the mask, {}, found {} in the list",
                    here, _shown(_FOUND), _shown(_STATED),
                )
            )
        )  # fmt: skip
        alike = (pl.col("listed") == 1) & (pl.col("area_found_px") > 0) & (found == stated)
        return rows.filter(~alike.fill_null(value=False)).select(
            "key", "split", observed=here.cast(pl.Float64), detail=said
        )

    def bound(self) -> str:
        return "segments that mask and list have alike"


def _shown(names: tuple[str, ...]) -> pl.Expr:
    """Some numbers in words, whole ones without a point."""
    parts = [pl.col(name).cast(pl.String).str.replace(r"\.0$", "").fill_null("?") for name in names]
    return pl.concat_str(parts, separator=" ")
