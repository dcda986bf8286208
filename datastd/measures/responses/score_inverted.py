"""Whether the worse answer of pairs was chosen."""

import polars as pl

from datastd.measures import measure
from datastd.measures.responses.in_words import score_inverted_said


@measure("F637", "pref-score-order", unit="0 or 1", words=score_inverted_said)
def score_inverted(score_chosen: pl.Series, score_rejected: pl.Series) -> pl.Series:
    """
    Whether what was chosen of each pair has a lower score than what was rejected.

    Shape (N,), Int64; 1 too where only one of them has a score, and 0 where none has.  Equal
    scores are F699's.

    Why it matters:
        The model learns the opposite of what was meant.

    Remedy:
        Look at the pairs named: the sides were swapped, or a score is wrong.

    Source:
        argilla's UltraFeedback: an ``overall_score`` of 10 for what a critique gives 1.
    """
    here, there = score_chosen.fill_nan(None), score_rejected.fill_nan(None)
    alone = here.is_null() != there.is_null()
    return ((here < there).fill_null(value=False) | alone).cast(pl.Int64)
