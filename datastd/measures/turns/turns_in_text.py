"""Turns that were written into a string."""

import numpy as np
import polars as pl

from datastd.measures import marked, measure
from datastd.measures.turns import FIELD
from datastd.measures.turns.in_words import turns_in_text_said

_WITHIN = r"^\s*\[?\s*\{", r"[}\]]\s*$"
_SPEAKS = (
    r"""["'](?:role|from)["']\s*:\s*["']"""
    r"(?:system|developer|user|assistant|tool|function|human|gpt|observation|function_call)['\"]"
)
_SAYS = r"""["'](?:content|value)["']\s*:"""


@measure(
    "F662", "chat-turns-in-string", unit="0 or 1", over="annotations", words=turns_in_text_said
)
def turns_in_text(text: pl.Series, layout: pl.Series) -> pl.Series:
    """
    Whether a prompt, a completion, a task or a side of a pair is turns, written as one string.

    Shape (A,), Int64.  The string is all of it an object or a list, of JSON or as Python prints
    it, in which something has a role, or a tag, and what is said; 0 for messages and for turns
    with a tag, in which a tool may say so.

    Why it matters:
        A trainer takes it for what is said: the model learns to write braces and quotes.

    Remedy:
        Write the turns as a list of JSON, and not as a string of it.

    Source:
        datastd's own definition; TRL, "Dataset formats and types".
    """
    fields = pl.Series(np.flatnonzero(layout.to_numpy() == FIELD))
    for pattern in (*_WITHIN, _SPEAKS, _SAYS) if len(fields) else ():
        fields = fields.filter(text[fields].str.contains(pattern).fill_null(value=False))
    return marked(len(text), fields)
