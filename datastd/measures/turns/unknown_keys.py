"""Keys of messages that nobody knows."""

import polars as pl

from datastd.measures import measure
from datastd.measures.turns import MESSAGE
from datastd.measures.turns.in_words import unknown_keys_said
from datastd.model import Level


@measure(
    "F604",
    "chat-message-unknown-key",
    unit="keys",
    level=Level.WARN,
    over="annotations",
    words=unknown_keys_said,
)
def unknown_keys(others: pl.Series, layout: pl.Series) -> pl.Series:
    """
    How many keys a message has that nobody knows.

    Shape (A,), Int64.  Known are role, content, name, function_call, tool_calls, tool_call_id,
    weight, thinking and refusal; 0 for turns that are no messages.

    Why it matters:
        What stands under another key is not read; mostly it was meant to be.

    Remedy:
        Rename the key to one that is read, or leave it out: ``datastd explain F604`` has them.

    Source:
        OpenAI cookbook, "Data preparation": ``message_unrecognized_key``.
    """
    return others * (layout == MESSAGE)
