"""Calls whose arguments are no object."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.turns import Counts
from datastd.measures.turns.calls import taken
from datastd.measures.turns.in_words import odd_arguments_said

__all__ = ["odd_arguments", "taken"]


@measure(
    "F614",
    "chat-tool-arguments-json",
    unit="calls",
    over="annotations",
    words=odd_arguments_said,
)
def odd_arguments(taken: pl.DataFrame, turn: pl.Series) -> Counts:
    """
    Calls of each turn whose arguments are no object of JSON.

    Shape (A,), int64.  They are a string that holds one, or one themselves.  Where the text of
    a turn is a call, as ShareGPT has it, it is an object with a name and arguments, or a list
    of such objects; what is not is one such call.

    Why it matters:
        The program that carries out the call ends with an error, and so does a template.

    Remedy:
        Write the arguments with a JSON library.

    Source:
        datastd's own definition; LLaMA-Factory, data/formatter.py, ``FunctionFormatter``.
    """
    turns, sound = (taken.get_column(name).to_numpy() for name in ("turn", "sound"))
    return np.bincount(turns[~sound], minlength=len(turn)).astype(np.int64)
