"""C002."""

from typing import ClassVar

import polars as pl

from datastd.rules.files import ManifestRule


class ManifestFileMissing(ManifestRule):
    """
    A file that the dataset's ``manifest-sha256.txt`` states, and that is not there or not readable.

    Why it matters:
        A download that ended early looks like a smaller dataset.

    Remedy:
        Fetch the file; or write the manifest anew, if it was left out on purpose.

    Source:
        RFC 8493 (BagIt): every file listed must be present.
    """

    code: ClassVar[str] = "C002"
    name: ClassVar[str] = "manifest-file-missing"

    def wrong(self) -> pl.Expr:
        return pl.col("found").is_null() & (pl.col("stated").str.len_bytes() > 0)

    def bound(self) -> str:
        return "there, as the manifest states"
