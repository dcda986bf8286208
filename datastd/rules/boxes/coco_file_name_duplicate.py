"""C208."""

from typing import ClassVar, Literal

import polars as pl

from datastd.names import portable
from datastd.rules import GroupRule

_FILE = "file as it is looked for"  # no column of data has a name with a space


class CocoFileNameDuplicate(GroupRule):
    """
    Images of one split with the same file, under different ids.

    Names are compared as a system looks for them: ``./a.jpg`` is ``a.jpg``.

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
    meets_on: ClassVar[str | None] = _FILE
    group: ClassVar[tuple[str, ...]] = (_FILE, "split")
    brings: ClassVar[tuple[str, ...]] = (_FILE, "image_id")
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"
    asks: ClassVar[tuple[str, ...]] = ("file_name", "image_id")

    def brought(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Each image with its file as it is compared."""
        file = portable(rows.get_column("file_name")).alias(_FILE)
        return rows.select("key", "split", "origin", "image_id").with_columns(file)

    def wrong(self) -> pl.Expr:
        under_several = pl.col("image_id").n_unique().over(_FILE, "split") > 1
        return pl.col(_FILE).is_not_null() & under_several

    def lacks(self) -> pl.Expr:
        return pl.lit(value=False)  # results name no files, and no two that are one

    def bound(self) -> str:
        return "one id for each file"
