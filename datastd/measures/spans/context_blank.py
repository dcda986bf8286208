"""Whether contexts say anything."""

import polars as pl

from datastd.measures import measure
from datastd.measures.spans.in_words import context_blank_said
from datastd.measures.text.unseen import SEEN
from datastd.sources import Shared


@measure("F506", "squad-context-empty", unit="0 or 1", version=2, words=context_blank_said)
def context_blank(context: Shared) -> pl.Series:
    """
    Whether the context of each question is empty, or nothing that is seen.

    Shape (N,), Int64.  Seen is no white space, and no character that nobody is shown anything
    of (`unseen.SEEN`).

    Why it matters:
        There is nothing to read, and nothing that could answer.

    Remedy:
        Leave the paragraph out.

    Source:
        datastd's own definition.
    """
    blank = ~context.values.str.contains(SEEN)
    return blank.cast(pl.Int64).gather(context.which)
