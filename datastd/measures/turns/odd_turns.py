"""Whether there are as many turns as there should be, in ShareGPT's words."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.turns import Counts, Flags, Order
from datastd.measures.turns.in_words import odd_turns_said


@measure("F620", "sharegpt-odd-count", unit="0 or 1", version=2, words=odd_turns_said)
def odd_turns(order: Order, form: pl.Series, tagged: Flags) -> Counts:
    """
    Whether an odd number of turns has a tag, or none; of a pair, an even number.

    Shape (N,), int64.  The system's turn, which may come first, does not count.

    Why it matters:
        LLaMA-Factory blanks the example, and counts it all the same.

    Remedy:
        Cut the conversation behind its last answer; that of a pair before it.

    Source:
        LLaMA-Factory, converter.py, ``SharegptDatasetConverter``.
    """
    is_pair = (form == "preference").to_numpy()
    none = (order.tags == 0) & (order.messages == 0)  # beside messages they are not read
    odd = ((order.tags % 2 == 1) != is_pair) | none
    return np.asarray(odd & tagged, np.int64)
