"""Q608."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import Level
from datastd.rules.text import LanguageRule


class ResponseLanguageMismatch(LanguageRule):
    """
    Answers that are surely in another language than what they answer, and were not asked to be.

    Both are surely in the language found (fastText's model lid.176.ftz), and the prompt neither
    speaks of translating nor of a language.  It needs the extra ``datastd[text]``; without
    it the verdict is unknown.

    Attributes:
        sure: From this probability on a language found is taken for the true one.

    Why it matters:
        A model learns to answer in whatever language.

    Remedy:
        Leave the records out; where many are, look at who answered.

    Source:
        datastd's own definition.
    """

    code: ClassVar[str] = "Q608"
    name: ClassVar[str] = "response-language-mismatch"
    table: ClassVar[str] = "spoken"
    reads: ClassVar[tuple[str, ...]] = (
        "asked", "answered", "wanted", "asked_probability", "answered_probability",
    )  # fmt: skip

    level: Level = Level.WARN
    sure: float = Field(default=0.9, gt=0, le=1)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        least = pl.min_horizontal("asked_probability", "answered_probability")
        other = (pl.col("asked") != pl.col("answered")) & ~pl.col("wanted")
        return rows.filter((least >= self.sure) & other).select(
            "key", "split", observed=least.cast(pl.Float64),
            detail=pl.format("expected an answer in {}, found one in {}", "asked", "answered"),
        )  # fmt: skip

    def bound(self) -> str:
        return "in the language of what it answers"
