"""C003."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules.files import ManifestRule


class ManifestFileUnlisted(ManifestRule):
    """
    A data file that the dataset's ``manifest-sha256.txt`` does not state.

    Papers, such as a README, need not be listed.

    Why it matters:
        Nobody who wrote the dataset vouches for it: it was left over, or put in.

    Remedy:
        Remove the file, or write the manifest anew.

    Source:
        RFC 8493 (BagIt); Croissant FileSet.
    """

    code: ClassVar[str] = "C003"
    name: ClassVar[str] = "manifest-file-unlisted"
    reads: ClassVar[tuple[str, ...]] = ("path", "found", "stated", "data")

    level: Level = Level.WARN

    def wrong(self) -> pl.Expr:
        return pl.col("stated").is_null() & pl.col("data")

    def bound(self) -> str:
        return "listed in the manifest"
