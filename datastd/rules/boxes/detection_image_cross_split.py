"""L201."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule

_PICTURE = "same picture"  # no column of data has a name with a space


class DetectionImageCrossSplit(GroupRule):
    """
    Images that are in more than one split: of the same pixels, or called the same.

    Ids alone are not compared, for files that number their images from 1 share all of them. What
    is the same in both ways is two groups.  What nearly repeats an image of another split is
    L104's.

    Attributes:
        names: Columns that name an image together, beside its pixels.

    Why it matters:
        A detector scored on what it was trained on is scored on memory.

    Remedy:
        Keep each image in one split, with its annotations.

    Source:
        LIVECell#26; fairface#21.
    """

    code: ClassVar[str] = "L201"
    name: ClassVar[str] = "detection-image-cross-split"
    meets_on: ClassVar[str | None] = _PICTURE
    group: ClassVar[tuple[str, ...]] = (_PICTURE,)
    brings: ClassVar[tuple[str, ...]] = (_PICTURE,)
    folds: ClassVar[bool] = True
    keeps: ClassVar[Literal["one", "split", "none"]] = "split"

    names: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:  # type: ignore[override]
        """The pixels, and the names."""
        return ("digest", *self.names)

    def brought(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Each image by its pixels, and again by its names, if it has all of them."""
        place = "key", "split", "origin"
        pixels = rows.select(*place, pl.col("digest").bin.encode("hex").alias(_PICTURE))
        if not self.names:
            return pixels
        called = pl.concat_str(pl.lit("called"), *self.names, separator=" ")
        named = rows.select(*place, called.alias(_PICTURE)).filter(pl.col(_PICTURE).is_not_null())
        return pl.concat([pixels, named])

    def wrong(self) -> pl.Expr:
        return pl.col("split").n_unique().over(_PICTURE) > 1

    def bound(self) -> str:
        return "in one split"

    def _counted(self, rows: pl.DataFrame, failed: int, groups: int) -> pl.DataFrame:
        of_pixels = ~pl.col(_PICTURE).str.starts_with("called ").fill_null(value=False)
        return super()._counted(rows.filter(of_pixels), failed, groups)  # each image once
