"""N372."""

from typing import ClassVar

import polars as pl

from datastd.model import Profile
from datastd.rules.norms.files import FileNorm


class LinkedFromOutside(FileNorm):
    """
    A file that has another name, a hard link, outside of the dataset.

    Why it matters:
        Who writes to it by its other name changes the dataset, whatever its folder lets them do.

    Remedy:
        Copy the dataset without links (``cp -r``, ``datastd clean --copy``); of a cache that links
        files, such as DVC's, set it to copy.  Where this is asked, `clean` copies by itself.

    Source:
        Open Model Signing, which takes regular files alone; A3's S04: no hard link out.
    """

    code: ClassVar[str] = "N372"
    name: ClassVar[str] = "linked-from-outside"
    reads: ClassVar[tuple[str, ...]] = ("path", "linked")
    should: ClassVar[str] = "a file of one name, or whose names are all in the dataset"
    found: ClassVar[str] = "one with another name outside"

    asked_from: Profile = "team"

    def wrong(self) -> pl.Expr:
        return pl.col("linked")
