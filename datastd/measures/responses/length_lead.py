"""Which side of pairs is longer."""

import polars as pl

from datastd.measures import measure
from datastd.model import Level


@measure("F698", "pref-length", unit="-1, 0 or 1", level=Level.WARN)
def length_lead(chosen: pl.Series, rejected: pl.Series) -> pl.Series:
    """
    Whether what was chosen has more code points than what was rejected.

    Shape (N,), Int64: 1 if it does, 0 for as many, -1 for fewer; null for what is no pair.

    Why it matters:
        A model learns to say more, whatever it says.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own definition.
    """
    here, there = (side.str.len_chars().cast(pl.Int64) for side in (chosen, rejected))
    return (here - there).sign()
