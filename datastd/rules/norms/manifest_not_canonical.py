"""N360."""

from typing import ClassVar

import polars as pl

from datastd.model import Profile
from datastd.rules import RowRule


class ManifestNotCanonical(RowRule):
    """
    A line of the dataset's manifest that is written otherwise than datastd writes it.

    The canonical form is of 64 small hexadecimal digits, two spaces and the path a line, each
    ended by a line feed, in the order of the paths' bytes, no path twice, and no mark of byte
    order. ``sha256sum -c`` reads it, and its SHA-256 is the digest of the dataset.

    Why it matters:
        Two manifests of the same files have one digest, or nobody can compare them.

    Remedy:
        ``datastd init DATA --manifest-only`` writes it.

    Source:
        in-toto, dirHash; A3's S03.
    """

    code: ClassVar[str] = "N360"
    name: ClassVar[str] = "manifest-not-canonical"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "manifest"
    reads: ClassVar[tuple[str, ...]] = ("path", "odd")

    asked_from: Profile = "team"

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("odd")).select(key="path", split=pl.lit(""), observed=pl.lit(1.0))

    def bound(self) -> str:
        return "a line of the canonical form, in its order"

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.bound()}, found it otherwise"
