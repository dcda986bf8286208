"""C208."""

from typing import ClassVar

import polars as pl

from datastd.rules import GroupRule

_PLACE = "file_name", "split"


class CocoFileNameDuplicate(GroupRule):
    """
    Images of one split with the same file, under different ids.

    Why it matters:
        The image counts twice, each time with a part of its objects: what is annotated under
        the other id is learned as background.

    Remedy:
        Keep one id, and give it the annotations of both.

    Source:
        LIVECell#26, where 65 images of train are so.
    """

    code: ClassVar[str] = "C208"
    name: ClassVar[str] = "coco-file-name-duplicate"
    reads: ClassVar[tuple[str, ...]] = ("file_name", "image_id")
    meets_on: ClassVar[str | None] = "file_name"
    group: ClassVar[tuple[str, ...]] = _PLACE
    asks: ClassVar[tuple[str, ...]] = ("file_name", "image_id")

    def wrong(self) -> pl.Expr:
        under_several = pl.col("image_id").n_unique().over(_PLACE) > 1
        return pl.col("file_name").is_not_null() & under_several

    def lacks(self) -> pl.Expr:
        return pl.lit(value=False)  # results name no files, and no two that are one

    def bound(self) -> str:
        return "one id for each file"
