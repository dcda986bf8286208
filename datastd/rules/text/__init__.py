"""Rules about documents."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.banding import Banding
from datastd.rules import PairRule


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
