"""Turns that say nothing."""

from datastd.measures import measure
from datastd.measures.turns import Counts, Said
from datastd.measures.turns.in_words import blank_turns_said


@measure("F605", "chat-content-empty", unit="turns", version=2, words=blank_turns_said)
def blank_turns(said: Said) -> Counts:
    """
    Turns that say nothing: messages, turns with a tag, prompts, tasks, answers.

    Shape (N,), int64.  Content that is neither text nor a list of parts, or a part that is none
    (of a type that nobody knows, without a text); or nothing that is seen (`unseen.is_blank`),
    without a call and without a picture or the like.  An empty string as the system is none.  The
    answer of a tool that gave nothing is one: of content that is blank, only a call excuses it.

    Why it matters:
        The model learns to say nothing, or a template writes "None".

    Remedy:
        Leave the turn out, or the record; of a tool that gave nothing, write what it means, such as
        ``null``, ``[]`` or *no result*, as it would have to be shown to the model.

    Source:
        OpenAI cookbook, "Data preparation": ``missing_content``; torchtune: "The message is empty".
    """
    return said.blank
