"""Turns that say nothing."""

from datastd.measures import measure
from datastd.measures.turns import Counts, Said


@measure("F605", "chat-content-empty", unit="turns")
def blank_turns(said: Said) -> Counts:
    """
    Turns that say nothing: of messages, and of turns with a tag.

    Shape (N,), int64.  Content that is neither text nor a list of parts, or a part that is none; or
    nothing but white space, without a call and without a picture or the like.

    Why it matters:
        The model learns to say nothing, or a template writes "None".

    Remedy:
        Leave the turn out, or the record.

    Source:
        OpenAI cookbook, "Data preparation": ``missing_content``; torchtune: "The message is empty".
    """
    return said.blank
