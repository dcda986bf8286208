"""C890."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class TokenLabelMoved(SeenRule):
    """
    Sequences whose labels are those of other tokens than the model takes them for.

    Looked at are labels that are ids of the sequence: nine in ten of those that count are the id at
    their own place, or so many places ahead.  `Pipeline.shift` says how many the model expects.

    Why it matters:
        Labels that are shifted by the pipeline, and once more by the model, teach it to say the
        token after the next.

    Remedy:
        Models of Hugging Face shift labels themselves: give them the ids as they are.

    Source:
        Hugging Face, ``GPT2LMHeadModel.forward``: "the labels are shifted inside the model".
    """

    code: ClassVar[str] = "C890"
    name: ClassVar[str] = "token-label-moved"
    unit: ClassVar[str] = "items"
    table: ClassVar[str] = "shifts"
    reads: ClassVar[tuple[str, ...]] = ("ahead", "least", "most")

    def wrong(self) -> pl.Expr:
        return ~pl.col("ahead").is_between("least", "most")

    def amount(self) -> pl.Expr:
        return pl.col("ahead")

    def told(self) -> pl.Expr:
        most = pl.when(pl.col("most") > pl.col("least")).then(said(" or {}", "most"))
        return said("expected labels {}{} tokens ahead of their own (Pipeline.shift), found {}",
                    "least", most.otherwise(pl.lit("")), "ahead")  # fmt: skip
