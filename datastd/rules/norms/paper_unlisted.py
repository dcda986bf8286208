"""N367."""

from typing import ClassVar

import polars as pl

from datastd.model import Profile
from datastd.rules import RowRule

_PAPERS = r"^(datacard\.toml$|_meta/|licen[cs]e|attribution|notice)"


class PaperUnlisted(RowRule):
    """
    A card, a licence, an attribution or a file below ``_meta/`` that the manifest does not state.

    Why it matters:
        What is said of the data can be changed, and nobody sees it.

    Remedy:
        ``datastd init DATA --manifest-only`` writes the manifest anew, last of all.

    Source:
        RFC 8493, tag manifests; A3's S23.
    """

    code: ClassVar[str] = "N367"
    name: ClassVar[str] = "paper-unlisted"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "manifest"
    reads: ClassVar[tuple[str, ...]] = ("path", "found", "stated")

    asked_from: Profile = "team"

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        mine = pl.col("path").str.to_lowercase().str.contains(_PAPERS)
        found = mine & pl.col("stated").is_null() & pl.col("found").is_not_null()
        return rows.filter(found).select(key="path", split=pl.lit(""), observed=pl.lit(1.0))

    def bound(self) -> str:
        return "listed in the manifest"

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.bound()}, found it left out"
