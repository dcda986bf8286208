"""Whether a mask shows nothing."""

import numpy as np
import polars as pl

from datastd.measures import measure, words
from datastd.measures.masks import Counts, Looked
from datastd.model import Level

_NOTHING = np.array([0, 255])


@words()
def background_only_said(looked: Looked) -> pl.Series:
    """What it has."""
    return pl.Series(
        ["expected a class beside background and void, found none"] * len(looked.values)
    )


@measure(
    "F257", "mask-background-only", unit="0 or 1", level=Level.WARN, words=background_only_said
)
def background_only(looked: Looked) -> Counts:
    """
    Whether each mask has no values but 0 and 255; shape (N,), int64, 1 where it has none.

    Why it matters:
        Of many such masks a network learns that everything is background; mostly an annotation
        was not finished, or written under another name.

    Remedy:
        Look at the images named: nothing of interest may be on them.

    Source:
        datastd's own definition.
    """
    return np.array([np.isin(values, _NOTHING).all() for values in looked.values], np.int64)
