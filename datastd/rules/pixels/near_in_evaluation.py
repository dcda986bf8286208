"""L198."""

from typing import ClassVar, Literal

import polars as pl

from datastd.model import DATA
from datastd.rules import LikenessRule


class NearInEvaluation(LikenessRule):
    """
    Images that nearly repeat one of an evaluation set: compressed, resized or cropped anew.

    As L103, between the data and the input ``evaluation``. Only the judged data are named.
    What equals another to the byte is L199's.

    Why it matters:
        A benchmark that was trained on measures memory, and the score that was published
        with it cannot be compared.

    Remedy:
        Drop the samples named from the training data.

    Source:
        L104, with the other split given as the input ``evaluation``.
    """

    code: ClassVar[str] = "L198"
    name: ClassVar[str] = "image-near-in-evaluation"
    keeps: ClassVar[Literal["one", "split", "none"]] = "none"
    needs: ClassVar[tuple[str, ...]] = ("evaluation",)

    def related(self) -> pl.Expr:
        return (pl.col("origin") == DATA) & (pl.col("other_origin") == "evaluation")

    def bound(self) -> str:
        return "like none of an evaluation set"
