"""F006."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules import RowRule

_BAD = r'[\x00-\x1f\x7f<>:"\\|?*]|[. ]$'
_LONGEST = 255  # bytes of UTF-8


class FilenameNotPortable(RowRule):
    r"""
    Files whose name another system cannot hold, or takes for a sibling's.

    A name with a control character or one of ``< > : " / \ | ? *``, with a dot or a
    space at its end, of more than 255 bytes of UTF-8, not in Unicode's form NFC, or
    equal to another's but for case; so rows of one folded name have to meet.

    Why it matters:
        Unpacked on another system, one file overwrites the other, or is left out.

    Remedy:
        Rename the files.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "F006"
    name: ClassVar[str] = "filename-not-portable"
    unit: ClassVar[str] = "names"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path", "folded")
    meets_on: ClassVar[str | None] = "folded"
    version: ClassVar[int] = 2

    level: Level = Level.WARN

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        name = pl.col("path").str.split("/").list.last()
        alike = pl.len().over("folded")
        bad = (
            (alike > 1)
            | name.str.contains(_BAD)
            | (name.str.len_bytes() > _LONGEST)
            | (pl.col("path") != pl.col("path").str.normalize("NFC"))
        )
        return rows.filter(bad.fill_null(value=True)).select(
            key="path", split=pl.lit(""), observed=alike.cast(pl.Float64)
        )

    def bound(self) -> str:
        return "a name that every system can hold"
