"""Rules about the files of a dataset, whatever is in them."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


def beside_count(some: pl.DataFrame, looked: int) -> pl.DataFrame:
    """Rows that are kept of files, and one beside them: so many were looked at."""
    seen = pl.DataFrame({"rows": [looked]}, {"rows": pl.Int64})
    return pl.concat([some.with_columns(rows=pl.lit(0, pl.Int64)), seen], how="diagonal")


class ManifestRule(RowRule):
    """A rule about the dataset's own manifest: `wrong` says which of its files show the defect."""

    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "manifest"
    reads: ClassVar[tuple[str, ...]] = ("path", "found", "stated")

    def wrong(self) -> pl.Expr:
        """Say of each file, as a Boolean expression, whether it shows the defect."""
        raise NotImplementedError

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(self.wrong().fill_null(value=False)).select(
            key="path", split=pl.lit(""), observed=pl.lit(1.0)
        )

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.bound()}, found it otherwise"
