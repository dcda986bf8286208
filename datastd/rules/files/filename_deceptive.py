"""F082."""

from typing import ClassVar

import polars as pl

from datastd.model import Level, Profile
from datastd.rules import RowRule

_UNSEEN = r"[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]"
_BEGIN = r"(^|/)[-\s]"
_DEVICE = r"(?i)(^|/)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])([. /]|$)"
_LONGEST_PART, _LONGEST = 255, 1024  # bytes of UTF-8


class FilenameDeceptive(RowRule):
    r"""
    Files or folders whose name is not what it looks like, or is taken for something else.

    A part of a path with a character that nobody sees (control, format, bidirectional, private
    or unassigned), with ``-`` or a space in front, with the name of a device of Windows (``CON``,
    ``LPT1``, whatever follows a dot), of more than 255 bytes of UTF-8; or a path of more than
    1,024.  Asked of every dataset that has such a name, whatever the standard.

    Why it matters:
        ``-rf`` is an option to who lists files, ``gnp.a`` may read as ``a.png``, and a shard named
        ``NUL`` is gone on another system, with what is in it.

    Remedy:
        Rename the files.

    Source:
        S05 of the reference's norms; CWE-88, CWE-451.
    """

    code: ClassVar[str] = "F082"
    name: ClassVar[str] = "filename-deceptive"
    unit: ClassVar[str] = "names"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path",)

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        path, size = pl.col("path"), pl.col("path").str.len_bytes()
        long = path.str.split("/").list.eval(pl.element().str.len_bytes()).list.max()
        bad = path.str.contains(_UNSEEN) | path.str.contains(_BEGIN) | path.str.contains(_DEVICE)
        bad |= (size > _LONGEST) | ((size > _LONGEST_PART) & (long > _LONGEST_PART))
        return rows.filter(bad).select(key="path", split=pl.lit(""), observed=pl.lit(1.0))

    def bound(self) -> str:
        return "a name that is what it looks like"
