"""Whether an evaluator leaves anything of answers."""

import polars as pl

from datastd.measures import measure
from datastd.measures.spans.in_words import nothing_left_said
from datastd.measures.text.unseen import SEEN


@measure(
    "C508",
    "squad-answer-normalises-empty",
    unit="0 or 1",
    over="annotations",
    version=2,
    words=nothing_left_said,
)
def nothing_left(normalised_text: pl.Series) -> pl.Series:
    """
    Whether nothing is left of each answer when it is normalised: The, A, %, $.

    Shape (A,), Int64.  Normalised as `normalised` does; what nobody sees is nothing
    (`unseen.SEEN`).

    Why it matters:
        SQuAD's evaluation drops such an answer, expects that a model says nothing, and counts
        the question as one that has an answer.

    Remedy:
        Take a longer span.

    Source:
        SQuAD's evaluate-v2.0.py, ``get_raw_scores``.
    """
    return (~normalised_text.str.contains(SEEN)).cast(pl.Int64)
