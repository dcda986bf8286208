"""How many sides of pairs end with somebody else's turn."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.responses import last_turns
from datastd.measures.responses.in_words import not_assistant_last_said
from datastd.measures.text import Counts


@measure("F634", "pref-last-role", unit="sides", words=not_assistant_last_said)
def not_assistant_last(chosen: pl.Series, annotations: pl.DataFrame) -> Counts:
    """
    How many sides of each pair end with a turn that is not an assistant's: 0 to 2.

    Shape (N,), int64.

    Why it matters:
        What is preferred is what the model says: a trainer rewards it for words of a user.

    Remedy:
        Cut the side off after the assistant's last turn.

    Source:
        LLaMA-Factory's converter, ``accept_tags``; TRL, dataset formats.
    """
    other = last_turns(annotations).filter(pl.col("role").ne_missing("assistant"))
    return np.bincount(other.get_column("row"), minlength=len(chosen)).astype(np.int64)
