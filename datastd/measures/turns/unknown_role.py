"""Whether messages are of a role that nobody knows."""

import polars as pl

from datastd.measures import measure
from datastd.measures.turns import MESSAGE
from datastd.measures.turns.in_words import unknown_role_said


@measure("F603", "chat-role-unknown", unit="0 or 1", over="annotations", words=unknown_role_said)
def unknown_role(speaker: pl.Series, layout: pl.Series) -> pl.Series:
    """
    Whether the role of a message is none of those that there are.

    Shape (A,), Int64.  There are system, developer, user, assistant, tool and function; 0 for
    turns that are no messages.

    Why it matters:
        A chat template raises an error, or leaves the message out.

    Remedy:
        Rename the role: system, developer, user, assistant, tool and function are known.

    Source:
        OpenAI cookbook, "Data preparation": ``unrecognized_role``; TRL, "Dataset
        formats and types".
    """
    return ((layout == MESSAGE) & (speaker == -1)).cast(pl.Int64)
