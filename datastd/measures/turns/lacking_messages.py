"""Messages that conversations lack."""

import numpy as np

from datastd.measures import measure
from datastd.measures.turns import Counts, Flags, Order
from datastd.measures.turns.in_words import lacking_messages_said

_LEAST = 2


@measure("F611", "chat-too-few-messages", unit="messages", words=lacking_messages_said)
def lacking_messages(order: Order, is_sft: Flags) -> Counts:
    """
    Messages that a conversation lacks to two: what is asked, and what is answered.

    Shape (N,), int64.  Asked of the forms `SFT`; 0 for all others.

    Why it matters:
        A single message is no conversation: nothing is asked, or nothing is answered.

    Remedy:
        Leave the record out.

    Source:
        torchtune, data/_messages.py, ``validate_messages``.
    """
    lacks = np.where(order.messages > 0, _LEAST - order.messages, 0)
    return np.where(is_sft, np.maximum(lacks, 0), 0)
