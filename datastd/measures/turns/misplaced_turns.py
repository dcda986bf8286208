"""Turns in ShareGPT's words on the wrong place."""

from datastd.measures import measure
from datastd.measures.turns import Counts, Order
from datastd.measures.turns.in_words import misplaced_turns_said


@measure("F619", "sharegpt-alternation", unit="turns", words=misplaced_turns_said)
def misplaced_turns(order: Order) -> Counts:
    """
    Turns with a tag that are on the wrong place.

    Shape (N,), int64.  Behind the system's, which may come first, ``human`` and
    ``observation`` take turns with ``gpt`` and ``function_call``.

    Why it matters:
        LLaMA-Factory blanks the example, and counts it all the same.

    Remedy:
        Join turns of one speaker, and cut what comes before the first of the user.

    Source:
        LLaMA-Factory, converter.py, ``SharegptDatasetConverter``.
    """
    return order.misplaced
