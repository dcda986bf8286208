"""F617."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import Level, Measurement
from datastd.rules import RowRule, totals


class ChatTooLong(RowRule):
    """
    Conversations that a trainer cuts off: of more tokens than it takes, by the input `tokenizer`.

    Observed is their share.  How tokens are counted, the measure `conversation_tokens` says;
    what the tokenizer makes no ids of fails.

    Attributes:
        most_tokens: How many a trainer takes.

    Why it matters:
        The end of the answer is never learnt, and the model learns not to end.

    Remedy:
        Cut long conversations where a turn ends, or train with a longer context.

    Source:
        OpenAI cookbook, "Data preparation": 4,096 tokens.
    """

    code: ClassVar[str] = "F617"
    name: ClassVar[str] = "chat-too-long"
    unit: ClassVar[str] = "fraction of samples"
    table: ClassVar[str] = "conversation_tokens"
    reads: ClassVar[tuple[str, ...]] = ("tokens", "before")
    needs: ClassVar[tuple[str, ...]] = ("tokenizer",)
    tells: ClassVar[tuple[str, ...]] = ("most_tokens",)

    level: Level = Level.WARN
    most_tokens: int = Field(default=4096, ge=1)

    def cut(self) -> pl.Expr:
        """Say of each conversation whether it shows the defect."""
        return pl.col("tokens") > self.most_tokens

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = "expected {}, found {} tokens, {} of them before the first answer"
        counts = [pl.col(name).cast(pl.String).fill_null("?") for name in self.reads]
        return rows.filter(self.cut().fill_null(value=True)).select(
            "key",
            "split",
            observed=pl.col("tokens").cast(pl.Float64),
            detail=pl.format(found, pl.lit(self.bound()), *counts),
        )

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, failed = totals(partials, "checked", "failed")
        return Measurement(
            observed=failed / checked if checked else 0.0, checked=checked, failed=failed
        )

    def bound(self) -> str:
        return f"at most {self.most_tokens} tokens"
