"""N310."""

from typing import ClassVar

import polars as pl

from datastd.model import Level, Profile
from datastd.rules.norms.files import FileNorm


class PermissionTooOpen(FileNorm):
    """
    A file that everybody on the machine may write, or put another in the place of: they may
    write its folder, which is not one like ``/tmp``.

    Why it matters:
        Whoever trains on it, or any other program, can change it after it was checked.

    Remedy:
        ``chmod -R o-w DATA``; better, leave nobody the right to write what is published.

    Source:
        datastd's own definition; A3's S16.
    """

    code: ClassVar[str] = "N310"
    name: ClassVar[str] = "permission-too-open"
    reads: ClassVar[tuple[str, ...]] = ("path", "open_to_all")
    should: ClassVar[str] = "a file that others may not write"
    found: ClassVar[str] = "one that they may"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def wrong(self) -> pl.Expr:
        return pl.col("open_to_all")
