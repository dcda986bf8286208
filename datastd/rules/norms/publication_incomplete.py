"""N362."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule

_NAME = r"(^|/)[_.]incomplete$|\.(tmp|part|partial|incomplete|crdownload|filepart)$"


class PublicationIncomplete(RowRule):
    """
    A file that says that the dataset was not written to its end: ``_INCOMPLETE``, or one that
    ends with .tmp, .part, .partial, .incomplete, .crdownload or .filepart.

    Why it matters:
        Half of a dataset is a dataset for whoever does not count.

    Remedy:
        Write it to its end; publish in one step.

    Source:
        mlcroissant reuses a folder that was half extracted; A3's S15.
    """

    code: ClassVar[str] = "N362"
    name: ClassVar[str] = "publication-incomplete"
    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path",)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = pl.col("path").str.to_lowercase().str.contains(_NAME)
        return rows.filter(found).select(key="path", split=pl.lit(""), observed=pl.lit(1.0))

    def bound(self) -> str:
        return "a whole file"

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.bound()}, found a mark of half a one"
