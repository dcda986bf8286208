"""Thinking that begins or ends alone."""

from datastd.measures import measure
from datastd.measures.turns import Counts, Said
from datastd.measures.turns.in_words import odd_thinking_said


@measure("F625", "think-tag-unbalanced", unit="turns", version=2, words=odd_thinking_said)
def odd_thinking(said: Said) -> Counts:
    """
    Turns in which ``<think>`` and ``</think>`` do not match.

    Shape (N,), int64.  Turns with more of one than of the other, with one within another, or with
    an end before a beginning; and one more where the assistant thinks in some of its turns and
    not in others.

    Why it matters:
        A model that learns to begin and not to end thinks until the context is full.

    Remedy:
        Close what is open; let the assistant think in all of its turns or in none.

    Source:
        LLaMA-Factory, data/README.md.
    """
    in_part = (said.thinking > 0) & (said.thinking < said.answers)
    return said.unbalanced + in_part
