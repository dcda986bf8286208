"""C298."""

from typing import ClassVar, Literal

import polars as pl

from datastd.rules import GroupRule
from datastd.rules.boxes import IDS

_FOLDER = "folder of the list"  # no column of data has a name with a space


class CocoImageContradicted(GroupRule):
    """
    Images of one id that files of one split list with another file's name, or another size.

    Compared are files in one folder.  What they list alike is one image, with what all of them
    say of it; one that is listed otherwise is two.

    Why it matters:
        A loader that reads the files together keeps the last, and draws into it what is said of
        the others: captions, key points and results are those of another picture.

    Remedy:
        Write one list of images into all files of a split, or number them apart.

    Source:
        pycocotools coco.py, ``createIndex``; datastd's own definition.
    """

    code: ClassVar[str] = "C298"
    name: ClassVar[str] = "coco-image-contradicted"
    reads: ClassVar[tuple[str, ...]] = ("image_id", "listed_in")
    meets_on: ClassVar[str | None] = "image_id"
    group: ClassVar[tuple[str, ...]] = ("image_id", _FOLDER, "split")
    brings: ClassVar[tuple[str, ...]] = ("image_id", "listed_in", _FOLDER)
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"
    asks: ClassVar[tuple[str, ...]] = IDS

    def brought(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Each image with the folder of the file that lists it."""
        folder = pl.col("listed_in").str.replace("[^/]*$", "").alias(_FOLDER)
        return rows.select("key", "split", "origin", "image_id", "listed_in", folder)

    def wrong(self) -> pl.Expr:
        return pl.col("listed_in").n_unique().over(*self.group) > 1

    def bound(self) -> str:
        return "listed alike in all files of its split"
