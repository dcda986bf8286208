"""F616."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import Level, Measurement
from datastd.rules import Rule, totals


class ChatTooFewExamples(Rule):
    """
    Records that the data lack to as many as a service asks for.

    Attributes:
        examples: How many it asks for, of all splits together.

    Why it matters:
        OpenAI refuses a file of fewer than 10 records, Fireworks one of fewer than 3; and a
        model learns from so few only to repeat them.

    Remedy:
        Collect more.

    Source:
        OpenAI, "Supervised fine-tuning": a minimum of 10.
    """

    code: ClassVar[str] = "F616"
    name: ClassVar[str] = "chat-too-few-examples"
    unit: ClassVar[str] = "samples"
    reads: ClassVar[tuple[str, ...]] = ("turns",)

    level: Level = Level.WARN
    examples: int = Field(default=10, ge=1)

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame({"checked": [rows.height]})

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (checked,) = totals(partials, "checked")
        return Measurement(observed=max(self.examples - checked, 0), checked=checked, failed=0)
