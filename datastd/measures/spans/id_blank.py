"""Whether ids say anything."""

import polars as pl

from datastd.measures import measure
from datastd.measures.spans.in_words import id_blank_said
from datastd.measures.text.unseen import SEEN


@measure("F599", "squad-id-empty", unit="0 or 1", words=id_blank_said)
def id_blank(id: pl.Series) -> pl.Series:  # noqa: A002  -- the column's name
    """
    Whether the id of each question is empty, or nothing that is seen.

    Shape (N,), Int64.  Seen is what F506 says.

    Why it matters:
        An evaluator pairs predictions with questions by their ids: nobody sees which one this is,
        and a reader that takes an empty id for none leaves the question out.

    Remedy:
        Give the question an id of its own.

    Source:
        SQuAD's evaluate-v2.0.py, which looks for each question's prediction by its id.
    """
    return (~id.str.contains(SEEN)).cast(pl.Int64)
