"""Q609."""

from collections.abc import Mapping
from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.model import Level
from datastd.rules import RowRule

_LIMITS: Mapping[str, float] = {
    "top_2": 0.2, "top_3": 0.18, "top_4": 0.16, "duplicate_5": 0.15, "duplicate_6": 0.14,
    "duplicate_7": 0.13, "duplicate_8": 0.12, "duplicate_9": 0.11, "duplicate_10": 0.1,
}  # fmt: skip


class ResponseRepetition(RowRule):
    """
    Answers that repeat themselves more than a filter of text lets pass.

    The measures are Q334 to Q342 and Q383, and so are the limits.  An answer of fewer than
    `words` is looked at by Q383 alone: of a few words one that repeats is a great share, and
    Gopher's filter does not come to them.

    Attributes:
        fractions: The most of the characters of an answer that may be in repeated runs.
        times: From so many times on, 1 to 13 words that follow each other are a loop.
        words: Words from which on fractions are looked at.

    Why it matters:
        A model that learns from loops ends in one.

    Remedy:
        Leave the records out, or generate the answers again.

    Source:
        As for Q334 to Q342 and Q383: Rae et al. 2021, table A1 and A1.1; Dolma.
    """

    code: ClassVar[str] = "Q609"
    name: ClassVar[str] = "response-repetition"
    table: ClassVar[str] = "answer_repeats"
    reads: ClassVar[tuple[str, ...]] = ("words", "times", *_LIMITS)

    level: Level = Level.WARN
    fractions: dict[str, float] = Field(default={**_LIMITS})
    times: int = Field(default=100, ge=2)
    words: int = Field(default=50, ge=1)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        over = {name: ~(pl.col(name) <= most) for name, most in self.fractions.items()}  # NaN too
        loops = pl.col("times") >= self.times
        enough = pl.col("words") >= self.words
        which = pl.coalesce(
            pl.when(loops).then(pl.lit("times")),
            *(pl.when(enough & is_over).then(pl.lit(name)) for name, is_over in over.items()),
        )
        value = pl.coalesce(
            pl.when(which == name).then(pl.col(name).cast(pl.Float64))
            for name in ("times", *self.fractions)
        )
        limit = which.replace_strict(
            {name: f"{most:g}" for name, most in {"times": self.times, **self.fractions}.items()}
        )
        said = pl.format("expected {} up to {}, found {}", which, limit, value.round(3))
        return rows.filter(which.is_not_null()).select("key", "split", observed=value, detail=said)

    def bound(self) -> str:
        return "as much repetition as in text to pretrain on"
