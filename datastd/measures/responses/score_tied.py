"""Whether the answers of pairs are as good as each other."""

import polars as pl

from datastd.measures import measure
from datastd.measures.responses.in_words import score_tied_said
from datastd.model import Level


@measure("F699", "pref-score-tie", unit="0 or 1", level=Level.WARN, words=score_tied_said)
def score_tied(score_chosen: pl.Series, score_rejected: pl.Series) -> pl.Series:
    """
    Whether what was chosen of each pair has the score of what was rejected.

    Shape (N,), Int64; 0 where neither has one.  The lesser step of F637.

    Why it matters:
        What is preferred is then chance.

    Remedy:
        Leave the pair out.

    Source:
        datastd's own definition: a tie is the lesser step of F637.
    """
    tied = score_chosen.fill_nan(None) == score_rejected
    return tied.fill_null(value=False).cast(pl.Int64)
