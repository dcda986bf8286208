"""Rules about documents."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.banding import Banding
from datastd.languages import FILE, LID_176
from datastd.model import Example, Measurement
from datastd.rules import PairRule, RowRule, totals
from datastd.words import many


class SimilarRule(PairRule):
    """
    A rule about documents that are nearly alike: bands of their runs of words agree, and then
    the runs themselves are compared.

    Attributes:
        similarity: The Jaccard similarity of two sets of runs, shared over all, from which on
            two documents are near each other.
        banding: How candidates are found.
    """

    table: ClassVar[str] = "minhash"
    tells: ClassVar[tuple[str, ...]] = ("banding",)

    similarity: float = Field(default=0.7, gt=0, le=1)
    banding: Banding = Banding()

    @property
    def difference(self) -> float:
        """The most that two differ at the second look."""
        return 1 - self.similarity

    def near(self) -> pl.Expr:
        return pl.col("difference") <= self.difference

    def nearness(self) -> pl.Expr:
        return 1 - pl.col("difference")

    def beside(self) -> pl.Expr:
        return pl.format("near {}: Jaccard similarity {}", "other", self.nearness().round(3))

    def says(self, observed: float) -> str:
        return f"expected {self.bound()}, found another of Jaccard similarity {observed:g}"


class LanguageRule(RowRule):
    """
    A rule about what a model says of the language of each sample.

    A sample of which it says nothing leaves the verdict unknown: the model is not
    installed, or is another one.

    Attributes:
        language_model: SHA-256 of the model's file.
    """

    tells: ClassVar[tuple[str, ...]] = ("language_model",)

    language_model: str = Field(default=LID_176, pattern=r"^[0-9a-f]{64}$")

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        lacking = rows.get_column(self.reads[-1]).null_count()
        return super().partial(rows).with_columns(lacking=pl.lit(lacking, pl.Int64))

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (lacking,) = totals(partials, "lacking")
        if not lacking:
            return super().finish(partials)
        said = f"expected the model of SHA-256 {self.language_model}, found none"
        how = f"{said}; {many(lacking, 'sample')} without it: pip install 'datastd[text]'"
        lacks = Example(key=FILE, observed=None, detail=how)
        return Measurement(observed=0, checked=0, failed=0, examples=(lacks,))
