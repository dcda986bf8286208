"""Whether answers say anything."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.responses.ends import BLANK
from datastd.measures.responses.in_words import answer_blank_said
from datastd.measures.text import Counts
from datastd.measures.text.pieces import Numbers
from datastd.measures.turns import REJECTED


@measure("Q601", "response-empty", unit="0 or 1", version=2, words=answer_blank_said)
def answer_blank(answer: pl.Series, answer_bits: Numbers, annotations: pl.DataFrame) -> Counts:
    """
    Whether the answer of each sample is empty, or nothing that is seen (`unseen.is_blank`).

    Shape (N,), int64; 0 for a sample without an answer, or whose answer calls a tool or shows a
    picture or the like.

    Why it matters:
        A model learns to end at once.

    Remedy:
        Leave the record out; where many are empty, look at who answered.

    Source:
        AlpacaDataCleaned, README, issue 3.
    """
    found = (answer_bits & BLANK > 0) & answer.is_not_null().to_numpy()
    if found.any():
        spoken = (pl.col("role") == "assistant") & (pl.col("side") < REJECTED)
        last = annotations.filter(spoken).group_by("row").last()
        found[last.filter((pl.col("calls") > 0) | (pl.col("media") > 0))["row"].to_numpy()] = False
    return np.asarray(found).astype(np.int64)
