"""C507."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.rules import RowRule


class SquadTrainAnswerCount(RowRule):
    """
    Questions to train on that have an answer, and another number of them than one.

    Attributes:
        answers: How many each has.

    Why it matters:
        BERT's loader raises ValueError at the first, after minutes of reading.

    Remedy:
        Keep the answer that most askers gave; several belong in what is evaluated.

    Source:
        BERT's run_squad.py: "For training, each question should have exactly 1 answer."
    """

    code: ClassVar[str] = "C507"
    name: ClassVar[str] = "squad-train-answer-count"
    reads: ClassVar[tuple[str, ...]] = ("impossible", "answers")

    answers: int = Field(default=1, ge=1)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        to_train = rows.filter(
            (pl.col("split") == "train") & ~pl.col("impossible").fill_null(value=False)
        )
        return to_train.filter(pl.col("answers") != self.answers).select(
            "key", "split", observed=pl.col("answers").cast(pl.Float64)
        )

    def bound(self) -> str:
        return f"{self.answers}"
