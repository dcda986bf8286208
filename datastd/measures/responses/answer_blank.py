"""Whether answers say anything."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.responses.ends import BLANK
from datastd.measures.text import Counts
from datastd.measures.text.pieces import Numbers


@measure("Q601", "response-empty", unit="0 or 1")
def answer_blank(answer: pl.Series, answer_bits: Numbers) -> Counts:
    """
    Whether the answer of each sample is empty, or nothing but white space (`str.strip`).

    Shape (N,), int64; 0 for a sample without an answer: it may call a tool.

    Why it matters:
        A model learns to end at once.

    Remedy:
        Leave the record out; where many are empty, look at who answered.

    Source:
        AlpacaDataCleaned, README, issue 3.
    """
    there = answer.is_not_null().to_numpy()
    return np.asarray((answer_bits & BLANK > 0) & there).astype(np.int64)
