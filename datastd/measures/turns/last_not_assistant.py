"""Whether conversations end with an answer."""

import numpy as np

from datastd.measures import measure
from datastd.measures.turns import ASSISTANT, Counts, Flags, Order
from datastd.measures.turns.in_words import last_not_assistant_said


@measure("F607", "chat-last-not-assistant", unit="0 or 1", words=last_not_assistant_said)
def last_not_assistant(order: Order, is_sft: Flags) -> Counts:
    """
    Whether somebody else than the assistant speaks last in a conversation of messages.

    Shape (N,), int64.  Asked of the forms `SFT`; 0 for all others.

    Why it matters:
        What comes last is what is learnt: the model learns to speak for the user, or nothing.

    Remedy:
        Cut the conversation behind its last answer.

    Source:
        LLaMA-Factory, converter.py; TRL, "Dataset formats and types".
    """
    is_other = (order.messages > 0) & (order.last != ASSISTANT)
    return np.asarray(is_sft & is_other, np.int64)
