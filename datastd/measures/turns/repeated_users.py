"""Messages of the user that follow another."""

from datastd.measures import measure
from datastd.measures.turns import Counts, Order
from datastd.measures.turns.in_words import repeated_users_said


@measure("F609", "chat-consecutive-user", unit="messages", words=repeated_users_said)
def repeated_users(order: Order) -> Counts:
    """
    Messages of the user that follow another of the user's.

    Shape (N,), int64.

    Why it matters:
        Many templates raise an error where turns do not alternate.

    Remedy:
        Join the messages, or put back the answer between them.

    Source:
        torchtune, data/_messages.py, ``validate_messages``.
    """
    return order.users
