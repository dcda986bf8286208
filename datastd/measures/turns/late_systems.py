"""Messages of the system that are not the first."""

from datastd.measures import measure
from datastd.measures.turns import Counts, Order
from datastd.measures.turns.in_words import late_systems_said


@measure("F608", "chat-system-not-first", unit="messages", version=2, words=late_systems_said)
def late_systems(order: Order) -> Counts:
    """
    Messages of the system, or of the developer, that another message precedes.

    Shape (N,), int64.  A second one is such a message, too, and a turn of the system with a tag
    where another stands beside the conversation.

    Why it matters:
        Most templates have one place for it, and end with an error, or drop the others.

    Remedy:
        Put all of it into the first message.

    Source:
        torchtune, data/_messages.py, ``validate_messages``.
    """
    return order.systems
