"""C505."""

from typing import ClassVar

import polars as pl

from datastd.rules import RowRule


class SquadImpossibleWithAnswers(RowRule):
    """
    Questions that are said to have no answer and have one, or that have none and should.

    A question of which nothing is said, as in version 1.1, should have one.

    Why it matters:
        SQuAD's evaluation looks at the answers and never at the flag; a loader looks at the
        flag: a model is trained on one thing and scored on another.

    Remedy:
        Put flag and answers right; what seems to answer belongs in ``plausible_answers``.

    Source:
        SQuAD's evaluate-v2.0.py, ``bool(qa['answers'])``.
    """

    code: ClassVar[str] = "C505"
    name: ClassVar[str] = "squad-impossible-with-answers"
    reads: ClassVar[tuple[str, ...]] = ("impossible", "answers")

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        is_impossible = pl.col("impossible").fill_null(value=False)
        detail = (
            pl.when(is_impossible)
            .then(pl.format("expected no answer, found {}", "answers"))
            .otherwise(pl.lit("expected an answer, found none"))
        )
        return rows.filter(is_impossible == (pl.col("answers") > 0)).select(
            "key", "split", observed=pl.col("answers").cast(pl.Float64), detail=detail
        )
