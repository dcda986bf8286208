"""Whether the input of a task is a placeholder."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.spans import SPACE
from datastd.measures.turns.in_words import placeholder_input_said
from datastd.model import Level

_PLACEHOLDERS = ("noinput", "no input", "n/a", "none", "nan", "empty")


def _stripped(text: pl.Series, marks: str) -> pl.Series:
    return text.str.replace_all(rf"^(?:{marks})+|(?:{marks})+$", "")


@measure(
    "F622",
    "alpaca-input-placeholder",
    unit="0 or 1",
    level=Level.WARN,
    words=placeholder_input_said,
)
def placeholder_input(input: pl.Series) -> pl.Series:  # noqa: A002  -- the column's name
    """
    Whether the input of a task in Alpaca's form says that there is none.

    Shape (N,), Int64.  In lower case, without white space and angle brackets at its ends, it is
    noinput, no input, n/a, none, nan or empty.

    Why it matters:
        The model learns that the word is part of a task.

    Remedy:
        Write an empty string.

    Source:
        AlpacaDataCleaned, README, issue 7.
    """
    if not input.count():
        return pl.Series(np.zeros(len(input), np.int64))
    bare = _stripped(_stripped(input, SPACE).str.to_lowercase(), "[<>]")
    return bare.is_in(_PLACEHOLDERS).fill_null(value=False).cast(pl.Int64)
