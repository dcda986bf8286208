"""F894."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.rules.sight import SeenRule, said


class TokenOutsideVocabulary(SeenRule):
    """
    Token ids, of inputs or labels, that the model has no row for.

    Labels that the loss leaves out (`Pipeline.ignore`) are none.

    Attributes:
        vocabulary: How many ids the model has: they run from 0 to one less.

    Why it matters:
        An id beyond the table of embeddings is an index error on a CPU, and on a GPU an assertion
        that ends the process; added tokens are the usual cause.

    Remedy:
        Resize the embeddings to the length of the tokenizer, or take its tokens out.

    Source:
        PyTorch, ``Embedding``: indices from 0 to ``num_embeddings`` - 1.
    """

    code: ClassVar[str] = "F894"
    name: ClassVar[str] = "token-outside-vocabulary"
    unit: ClassVar[str] = "items"
    table: ClassVar[str] = "ids_seen"
    reads: ClassVar[tuple[str, ...]] = ("low", "high")

    vocabulary: int = Field(default=1, ge=1)

    def wrong(self) -> pl.Expr:
        return (pl.col("low") < 0) | (pl.col("high") >= self.vocabulary)

    def amount(self) -> pl.Expr:
        return pl.when(pl.col("low") < 0).then("low").otherwise("high")

    def told(self) -> pl.Expr:
        return said(f"expected 0…{self.vocabulary - 1}, found {{}} to {{}}", "low", "high")
