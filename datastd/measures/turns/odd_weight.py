"""Whether messages have a weight that is none."""

import polars as pl

from datastd.measures import measure
from datastd.measures.turns import ASSISTANT, NO_WEIGHT, ODD_WEIGHT
from datastd.measures.turns.in_words import odd_weight_said


@measure("F612", "chat-weight-invalid", unit="0 or 1", over="annotations", words=odd_weight_said)
def odd_weight(weight: pl.Series, speaker: pl.Series) -> pl.Series:
    """
    Whether a message has a weight other than 0 and 1, or has one and is not the assistant's.

    Shape (A,), Int64.

    Why it matters:
        A service refuses the file; and what has no weight is learnt.

    Remedy:
        Write 0 or 1, at messages of the assistant alone.

    Source:
        OpenAI, "Supervised fine-tuning"; its cookbook, "Data preparation".
    """
    return ((weight == ODD_WEIGHT) | ((weight != NO_WEIGHT) & (speaker != ASSISTANT))).cast(
        pl.Int64
    )
