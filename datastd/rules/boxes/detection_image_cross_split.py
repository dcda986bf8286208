"""L201."""

from typing import ClassVar, Literal

import polars as pl

from datastd.names import portable
from datastd.rules import GroupRule

_PICTURE = "same picture"  # no column of data has a name with a space


class DetectionImageCrossSplit(GroupRule):
    """
    Images that are in more than one split: of the same pixels.

    Where the pictures are elsewhere, so that nobody sees pixels: called the same, as a system
    looks for files. Ids are not compared, for files that number their images from 1 share all of
    them. What nearly repeats an image of another split is L104's.

    Attributes:
        names: Columns that name an image together, where its pixels are not seen.

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
        """Each image by its pixels, or by its names if its key is that of a record in a list."""
        by = pl.col("digest").bin.encode("hex")
        if self.names:
            said = (portable(rows.get_column(name)) for name in self.names)
            called = pl.concat_str(pl.lit("called"), *said, separator=" ")
            is_record = pl.col("key").str.contains(r"(?i)\.json#\d+$")
            by = pl.when(is_record & called.is_not_null()).then(called).otherwise(by)
        return rows.select("key", "split", "origin", by.alias(_PICTURE))

    def wrong(self) -> pl.Expr:
        return pl.col("split").n_unique().over(_PICTURE) > 1

    def bound(self) -> str:
        return "in one split"
