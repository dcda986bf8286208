"""Calls of tools that nothing answers, and answers to nothing."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.turns import FUNCTION, TOOL
from datastd.measures.turns.calls import taken, unmatched
from datastd.measures.turns.in_words import unmatched_calls_said

__all__ = ["taken", "unmatched_calls"]


@measure(
    "F613",
    "chat-tool-call-unmatched",
    unit="calls",
    over="annotations",
    version=2,
    words=unmatched_calls_said,
)
def unmatched_calls(
    turn: pl.Series, speaker: pl.Series, answers: pl.Series, called: pl.Series, taken: pl.DataFrame
) -> pl.Series:
    """
    Calls of each turn that nothing answers; 1 where a turn answers no call before it.

    Shape (A,), Int64.  What a tool says answers the call of its ``tool_call_id`` in the message
    of the assistant that precedes it and other answers; where neither has an id, one of the name
    that it says, or else the first that waits.  Calls of the last turn wait for
    their answers, which are not there to be learnt.

    Why it matters:
        A service refuses the conversation; and the model learns to answer what was not said.

    Remedy:
        Put the answers behind their call, each with its id.

    Source:
        torchtune, data/_messages.py, ``validate_messages``; TRL, "Dataset formats and types";
        OpenAI, "Supervised fine-tuning", whose examples end with a call.
    """
    if not (taken.height or np.isin(speaker.to_numpy(), (TOOL, FUNCTION)).any()):
        return pl.Series(np.zeros(len(turn), np.int64))
    return pl.Series(unmatched(turn, speaker, taken, answers, called))
