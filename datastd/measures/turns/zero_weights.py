"""Whether all answers weigh nothing."""

import numpy as np

from datastd.measures import measure
from datastd.measures.turns import Counts, Order
from datastd.measures.turns.in_words import zero_weights_said
from datastd.model import Level


@measure("F655", "chat-weights-zero", unit="0 or 1", level=Level.WARN, words=zero_weights_said)
def zero_weights(order: Order) -> Counts:
    """
    Whether each message of the assistant has a weight of 0.

    Shape (N,), int64.

    Why it matters:
        Nothing is learnt from the record: its loss is 0, or the trainer divides by it.

    Remedy:
        Leave the record out, or give one of its answers a weight of 1.

    Source:
        datastd's own definition: the lesser step of F612.
    """
    all_zero = (order.unweighted > 0) & (order.unweighted == order.answers)
    return np.asarray(all_zero, np.int64)
