"""C001."""

from typing import ClassVar

import polars as pl

from datastd.rules.files import ManifestRule


class ManifestChecksumMismatch(ManifestRule):
    """
    A file whose bytes are not those that the dataset's ``manifest-sha256.txt`` states.

    A line of the manifest that is none is one, too.

    Why it matters:
        The copy was cut or changed on its way; or the manifest is of another version.

    Remedy:
        Fetch the file again; or write the manifest anew, if the file is right.

    Source:
        RFC 8493 (BagIt), manifest-sha256.txt; Croissant, FileObject sha256.
    """

    code: ClassVar[str] = "C001"
    name: ClassVar[str] = "manifest-checksum-mismatch"

    def wrong(self) -> pl.Expr:
        broken = pl.col("stated").str.len_bytes() == 0
        return broken | (pl.col("found") != pl.col("stated"))

    def bound(self) -> str:
        return "the bytes that the manifest states"
