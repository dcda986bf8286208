"""N309."""

from typing import ClassVar

import polars as pl

from datastd.model import Level, Profile
from datastd.rules.norms.files import FileNorm, suffix

_SUFFIXES = ["rar", "7z", "lzma", "z", "arj", "ace", "cab", "lzh", "sit"]


class CodecNotApproved(FileNorm):
    """
    An archive or a codec that no reader of data streams: .rar, .7z, .lzma, .z, .arj, .ace,
    .cab.

    Why it matters:
        It has to be unpacked by a program that somebody has to trust.

    Remedy:
        Use gzip, zstd, or a codec of the format's own.

    Source:
        datastd's own definition; A3's S07.
    """

    code: ClassVar[str] = "N309"
    name: ClassVar[str] = "codec-not-approved"
    should: ClassVar[str] = "gzip, zstd, bzip2 or xz"
    found: ClassVar[str] = "another by its suffix"

    level: Level = Level.WARN
    asked_from: Profile = "team"

    def wrong(self) -> pl.Expr:
        return suffix().is_in(_SUFFIXES)
