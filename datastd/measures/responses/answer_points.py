"""How long answers are."""

import polars as pl

from datastd.measures import measure
from datastd.model import Level


@measure("Q699", "response-length", unit="code points", level=Level.WARN)
def answer_points(answer: pl.Series) -> pl.Series:
    """
    Code points of each answer.  Shape (N,), Int64; null where there is none.

    Why it matters:
        Answers that were cut off at a limit are as long as that.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own definition.
    """
    return answer.str.len_chars().cast(pl.Int64)
