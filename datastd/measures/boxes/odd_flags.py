"""Flags of objects that are neither set nor not."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.boxes.in_words import odd_flags_said
from datastd.measures.pictures import Flags
from datastd.model import Level


@measure(
    "F249",
    "voc-flag-value",
    unit="flags",
    level=Level.WARN,
    over="annotations",
    words=odd_flags_said,
)
def odd_flags(difficult: pl.Series, truncated: pl.Series, occluded: pl.Series) -> Flags:
    """
    How many of an object's ``difficult``, ``truncated`` and ``occluded`` are neither 0 nor 1.

    Shape (A,), int64; one that is not there is none of them.

    Why it matters:
        Evaluators read them with ``int()``, and end at a 0.0597.

    Remedy:
        Write 0 or 1.

    Source:
        tf-faster-rcnn#405.
    """
    odd = [one.is_not_null() & ~one.is_in([0.0, 1.0]) for one in (difficult, truncated, occluded)]
    every = [one.fill_null(value=False).to_numpy() for one in odd]
    return np.asarray(np.stack(every).sum(axis=0), np.int64)
