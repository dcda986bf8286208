"""C409."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules.tokens import ShareRule


class UnkRateHigh(ShareRule):
    """
    The share of unknown ids, in the worst file.

    A tokenizer that falls back to bytes has no such id, and nothing is unknown to it.

    Why it matters:
        What is unknown is lost: the model learns that something was there.

    Remedy:
        Take a tokenizer that falls back to bytes, or one for these languages.

    Source:
        deepchecks, nlp, unknown_tokens, which allows none.
    """

    code: ClassVar[str] = "C409"
    name: ClassVar[str] = "unk-rate-high"
    unit: ClassVar[str] = "fraction of tokens"
    reads: ClassVar[tuple[str, ...]] = ("token_count", "unk_count")

    level: Level = Level.WARN
    limit: float = 0.001
    because: str = "rare characters are unknown to most vocabularies of words"

    def counts(self) -> Mapping[str, pl.Expr]:
        return {name: pl.col(name).sum() for name in self.reads}

    def share(self) -> pl.Expr:
        return pl.col("unk_count") / pl.col("token_count").clip(1)
