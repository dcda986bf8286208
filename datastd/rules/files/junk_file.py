"""F007."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import RowRule
from datastd.sources.files import JUNK


class JunkFile(RowRule):
    """
    Files that an operating system or an editor left behind.

    Why it matters:
        ``._img.jpg`` has the suffix of an image and is none; other junk ships the
        names of private folders.

    Remedy:
        Delete them: ``.DS_Store``, ``._*``, ``Thumbs.db``, ``desktop.ini``,
        ``__MACOSX/``, ``*.tmp``, ``*.swp``, ``*.part``.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "F007"
    name: ClassVar[str] = "junk-file"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path",)

    level: Level = Level.WARN

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("path").str.contains(JUNK.pattern)).select(
            key="path", split=pl.lit(""), observed=pl.lit(1.0)
        )
