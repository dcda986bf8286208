"""How many sides of pairs say nothing."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.responses import last_turns
from datastd.measures.responses.in_words import blank_sides_said
from datastd.measures.text import Counts
from datastd.measures.text.unseen import SEEN


@measure("F636", "pref-empty-side", unit="sides", version=3, words=blank_sides_said)
def blank_sides(chosen: pl.Series, annotations: pl.DataFrame) -> Counts:
    """
    How many sides of each pair are blank: 0 to 2.  Shape (N,), int64.

    The last turn of the side says nothing that is seen (`unseen.SEEN`), calls no tool, and shows
    nothing.

    Why it matters:
        A model learns that it is best, or worst, to say nothing.

    Remedy:
        Leave the pair out.

    Source:
        datastd's own definition.
    """
    says = pl.col("text").str.contains(SEEN).fill_null(value=False)
    blank = last_turns(annotations).filter(~says, pl.col("calls") == 0, pl.col("media") == 0)
    return np.bincount(blank.get_column("row"), minlength=len(chosen)).astype(np.int64)
