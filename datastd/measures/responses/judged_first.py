"""Which way answers were judged."""

import polars as pl

from datastd.measures import measure
from datastd.measures.responses.judged import Judgements, judgements
from datastd.model import Level

__all__ = ["judged_first", "judgements"]


@measure("L693", "judged-first", unit="0 or 1", level=Level.WARN)
def judged_first(judgements: Judgements) -> pl.Series:
    """
    Which of the two answers of each sample was chosen, or whether its answer is labelled as good.

    Shape (N,), Int64: of a pair 1 where it is the one with the lower hash, of an answer with a
    label 1 for true; null for what judges nothing.

    Why it matters:
        Where the same was judged twice, once each way, nothing is to be learnt of it.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own definition.
    """
    found = pl.Series(judgements.first).cast(pl.Int64)
    return found.set(pl.Series(~judgements.there), None)
