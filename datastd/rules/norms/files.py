"""What norms about single files have in common."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class FileNorm(RowRule):
    """
    A norm that each file keeps or breaks by itself.

    Class attributes:
        should: What a file should be.
        found: What one is that is not.
    """

    unit: ClassVar[str] = "files"
    table: ClassVar[str] = "files"
    reads: ClassVar[tuple[str, ...]] = ("path",)
    should: ClassVar[str]
    found: ClassVar[str]

    def wrong(self) -> pl.Expr:
        """Say of each file whether it breaks the norm."""
        raise NotImplementedError

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        wrong = rows.filter(self.wrong().fill_null(value=False))
        return wrong.select(key="path", split=pl.lit(""), observed=pl.lit(1.0))

    def bound(self) -> str:
        return self.should

    def says(self, observed: float) -> str:
        del observed
        return f"expected {self.should}, found {self.found}"


def name() -> pl.Expr:
    """The path of each file in small letters."""
    return pl.col("path").str.to_lowercase()


def suffix() -> pl.Expr:
    """What stands behind the last dot of a file's name, in small letters; null where none is."""
    return name().str.extract(r"\.([a-z0-9]+)$")
