"""Which answers to what were compared, or labelled."""

import polars as pl

from datastd.measures import measure
from datastd.measures.responses import said
from datastd.measures.responses.judged import Judgements, judgements
from datastd.model import Level
from datastd.sources.encoding import nulls

__all__ = ["judged_pair", "judgements"]


@measure("L694", "judged-pair", unit="128-bit hash", level=Level.WARN)
def judged_pair(judgements: Judgements) -> pl.Series:
    """
    Hash of what each sample judges: what is asked, and both answers, in whichever order.

    Shape (N,), 16 bytes each; of an answer with a label it is that answer; null for what judges
    nothing.  What is asked is compared as `prompt_digest` does, answers as F632 does.

    Why it matters:
        The same two answers may have been judged twice.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own definition.
    """
    nothing = nulls(len(judgements.pair), pl.Binary)
    return said.binary(judgements.pair).zip_with(pl.Series(judgements.there), nothing)
