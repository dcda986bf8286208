"""L199."""

from typing import ClassVar, Literal

import polars as pl

from datastd.model import DATA
from datastd.rules import GroupRule


class InEvaluation(GroupRule):
    """
    Images that are also in an evaluation set: same size and pixels.

    Only rows of the judged data are named; the evaluation set is an input.

    Why it matters:
        A benchmark that was trained on measures memory, and the score that was
        published with it cannot be compared.

    Remedy:
        Drop the samples named from the training data.

    Source:
        L102, with the other split given as the input ``evaluation``.
    """

    code: ClassVar[str] = "L199"
    name: ClassVar[str] = "image-in-evaluation"
    reads: ClassVar[tuple[str, ...]] = ("digest", "origin")
    meets_on: ClassVar[str | None] = "digest"
    group: ClassVar[tuple[str, ...]] = ("digest",)
    folds: ClassVar[bool] = True
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"
    needs: ClassVar[tuple[str, ...]] = ("evaluation",)

    def wrong(self) -> pl.Expr:
        judged = pl.col("origin") == DATA
        return judged & (pl.col("origin") == "evaluation").any().over("digest")

    def bound(self) -> str:
        return "in no evaluation set"
