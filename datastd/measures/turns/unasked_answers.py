"""Answers that nobody asked for."""

from datastd.measures import measure
from datastd.measures.turns import Counts, Order
from datastd.measures.turns.in_words import unasked_answers_said


@measure("F610", "chat-assistant-without-user", unit="messages", words=unasked_answers_said)
def unasked_answers(order: Order) -> Counts:
    """
    Messages of the assistant that follow neither the user nor a tool.

    Shape (N,), int64.  Such is one at the beginning, one behind the system's, and the second
    of two.

    Why it matters:
        Many templates raise an error, or drop it; and the model learns to answer nothing.

    Remedy:
        Join the messages, or put back what was asked.

    Source:
        torchtune, data/_messages.py, ``validate_messages``.
    """
    return order.unasked
