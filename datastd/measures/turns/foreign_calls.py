"""Calls that somebody else makes than the assistant."""

import polars as pl

from datastd.measures import measure
from datastd.measures.turns import ASSISTANT
from datastd.measures.turns.in_words import foreign_calls_said


@measure(
    "F660",
    "chat-call-by-another",
    unit="0 or 1",
    over="annotations",
    words=foreign_calls_said,
)
def foreign_calls(calls: pl.Series, speaker: pl.Series) -> pl.Series:
    """
    Whether a turn calls a tool and is not the assistant's.

    Shape (A,), Int64.

    Why it matters:
        A service refuses the conversation; a template leaves the call out, and what answers it
        answers nothing; and a turn that says nothing but that is a blank one.

    Remedy:
        Move the call into a message of the assistant.

    Source:
        OpenAI API reference, "Create chat completion": ``tool_calls`` of assistant messages.
    """
    return ((calls > 0) & (speaker != ASSISTANT)).cast(pl.Int64)
