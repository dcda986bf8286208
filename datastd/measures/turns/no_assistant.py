"""Whether conversations have no answer."""

import numpy as np

from datastd.measures import measure
from datastd.measures.turns import Counts, Flags, Order
from datastd.measures.turns.in_words import no_assistant_said


@measure("F606", "chat-no-assistant", unit="0 or 1", words=no_assistant_said)
def no_assistant(order: Order, is_sft: Flags) -> Counts:
    """
    Whether nothing in a conversation of messages is said by the assistant.

    Shape (N,), int64.  Asked of the forms `SFT`; 0 for all others.

    Why it matters:
        There is nothing to learn from it; a service refuses it.

    Remedy:
        Leave the record out, or write the answer down.

    Source:
        OpenAI cookbook, "Data preparation": ``example_missing_assistant_message``.
    """
    return np.asarray(is_sft & (order.messages > 0) & (order.answers == 0), np.int64)
