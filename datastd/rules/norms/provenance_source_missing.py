"""N101."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class ProvenanceSourceMissing(RowRule):
    """
    A record that does not say where it is from, among records that do.

    Looked at are records with a field ``source``.

    Why it matters:
        What has no source has no licence, and cannot be taken out when somebody asks.

    Remedy:
        Write the source of each record: the name that the card gives it.

    Source:
        Dolma's data format: ``source`` is mandatory; A3's C02.
    """

    code: ClassVar[str] = "N101"
    name: ClassVar[str] = "provenance-source-missing"
    table: ClassVar[str] = "samples"
    reads: ClassVar[tuple[str, ...]] = ("key", "split", "source")
    asks: ClassVar[tuple[str, ...]] = ("source",)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        none = pl.col("source").cast(pl.String).str.strip_chars().fill_null("") == ""
        return rows.filter(none).select("key", "split", observed=pl.lit(1.0))

    def bound(self) -> str:
        return "a source"

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.bound()}, found none"
