"""C402."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from datastd.rules.tokens import FileRule


class TokenDtypeTooSmall(FileRule):
    """
    Files whose ids are stored in a type that cannot hold the vocabulary.

    Why it matters:
        Ids from 65,536 on wrap to others when they are stored in 16 bits: the text is
        garbled, and no id is out of range to show it.

    Remedy:
        Store the ids in 32 bits.

    Source:
        huggingface/transformers#2825; princeton-nlp/LLM-Shearing#65; NVIDIA, Megatron-LM,
        ``DType.optimal_dtype``.
    """

    code: ClassVar[str] = "C402"
    name: ClassVar[str] = "token-dtype-too-small"
    reads: ClassVar[tuple[str, ...]] = ("token_bit",)

    def counts(self) -> Mapping[str, pl.Expr]:
        return {"bits": pl.col("token_bit").min()}

    def joined(self) -> Mapping[str, pl.Expr]:
        return {"bits": pl.col("bits").min()}

    def wrong(self, files: pl.DataFrame) -> pl.DataFrame:
        needed = (self.vocabulary.size - 1).bit_length()
        said = f"expected {needed} bits for {self.vocabulary.size} ids, found {{}}"
        small = (pl.col("bits") < needed).fill_null(value=True)
        return files.filter(small).select(
            "file", observed=pl.col("bits"), detail=pl.format(said, pl.col("bits"))
        )
