"""Calls of one turn that have one id."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.turns.in_words import doubled_ids_said


@measure("F661", "chat-call-id-duplicate", unit="calls", over="annotations", words=doubled_ids_said)
def doubled_ids(call_ids: pl.Series) -> pl.Series:
    """
    Calls of each turn whose id another call of the same turn has before it.

    Shape (A,), Int64.  In another turn an id may come again, as many write it; an empty id is
    none.

    Why it matters:
        Nobody can tell which of the calls an answer is of, and the model learns the wrong one.

    Remedy:
        Give the calls of a message ids of their own.

    Source:
        OpenAI API reference: ``tool_call_id`` names the call that is answered.
    """
    found = np.zeros(len(call_ids), np.int64)
    if not call_ids.count():
        return pl.Series(found)
    several = (call_ids.list.len() > 1).fill_null(value=False).arg_true()
    ids = pl.DataFrame({"turn": several, "id": call_ids.gather(several)}).explode("id")
    known = ids.filter(pl.col("id") != "")
    doubled = known.filter(~known.select(pl.struct("turn", "id").is_first_distinct()).to_series())
    np.add.at(found, doubled["turn"].to_numpy(), 1)
    return pl.Series(found)
