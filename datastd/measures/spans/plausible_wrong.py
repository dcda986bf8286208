"""Whether plausible answers are where they say, and belong to a question without an answer."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.spans import Bits
from datastd.measures.spans.in_words import plausible_wrong_said
from datastd.model import Level


@measure(
    "C506",
    "squad-plausible-answers",
    unit="0 or 1",
    level=Level.WARN,
    over="annotations",
    words=plausible_wrong_said,
)
def plausible_wrong(
    shifts: Bits, plausible: pl.Series, row: pl.Series, impossible: pl.Series
) -> Bits:
    """
    Whether each plausible answer is of a question that has an answer, or is not where it says.

    Shape (A,), int64: 1 for one that is; 0 for answers that are no plausible ones.

    Why it matters:
        Plausible answers tell what a model is tempted to say where there is nothing to find;
        beside an answer they are taken for another one.

    Remedy:
        Leave them out of questions that have an answer; for offsets see C501.

    Source:
        SQuAD 2.0, Rajpurkar et al. 2018.
    """
    answerable = ~impossible.fill_null(value=False).to_numpy()[row.to_numpy()]
    return np.asarray(plausible.to_numpy() & (answerable | (shifts != 0))).astype(np.int64)
