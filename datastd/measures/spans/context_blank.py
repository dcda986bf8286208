"""Whether contexts say anything."""

import polars as pl

from datastd.measures import measure
from datastd.sources import Shared


@measure("F506", "squad-context-empty", unit="0 or 1")
def context_blank(context: Shared) -> pl.Series:
    """
    Whether the context of each question is empty, or nothing but white space.

    Shape (N,), Int64.

    Why it matters:
        There is nothing to read, and nothing that could answer.

    Remedy:
        Leave the paragraph out.

    Source:
        datastd's own definition.
    """
    blank = ~context.values.str.contains(r"[^\s\x1c-\x1f]")
    return blank.cast(pl.Int64).gather(context.which)
