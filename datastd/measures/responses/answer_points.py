"""How long answers are."""

import polars as pl

from datastd.measures import measure
from datastd.measures.responses.signs import Signs
from datastd.model import Level


@measure("Q699", "response-length", unit="code points", level=Level.WARN)
def answer_points(answer: pl.Series, answer_signs: Signs) -> pl.Series:
    """
    Code points of each answer.  Shape (N,), Int64; null where there is none.

    Why it matters:
        Answers that were cut off at a limit are as long as that.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own definition.
    """
    points = pl.Series(answer_signs.points)
    return points.set(answer.is_null(), None) if answer.null_count() else points
