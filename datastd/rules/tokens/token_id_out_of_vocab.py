"""C401."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule
from datastd.vocabulary import Vocabulary


class TokenIdOutOfVocab(RowRule):
    """
    Samples with an id that the vocabulary does not have: at or above its size, or below 0.

    Observed is the highest id.  Rows that pad an embedding are no ids: GPT-2's 50,257 are
    padded to 50,304, and ids between must not occur.

    Attributes:
        vocabulary: The ids of the tokenizer.

    Why it matters:
        The embedding has no row for such an id: on a GPU it ends the training process, and
        where rows are padded it trains one that means nothing.

    Remedy:
        Tokenise again with the tokenizer that the model is trained with, or name its
        vocabulary, added tokens included.

    Source:
        datastd's own definition; meta-llama/llama3#276.
    """

    code: ClassVar[str] = "C401"
    name: ClassVar[str] = "token-id-out-of-vocab"
    reads: ClassVar[tuple[str, ...]] = ("outside_count", "highest_id")
    tells: ClassVar[tuple[str, ...]] = ("vocabulary",)

    vocabulary: Vocabulary

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        said = f"expected ids {self.bound()}, found {{}} outside, the highest {{}}"
        found = [pl.col(name).cast(pl.String).fill_null("?") for name in self.reads]
        return rows.filter(pl.col("outside_count").ne_missing(0)).select(
            "key",
            "split",
            observed=pl.col("highest_id").cast(pl.Float64),
            detail=pl.format(said, *found),
        )

    def bound(self) -> str:
        return f"0…{self.vocabulary.size - 1}"
