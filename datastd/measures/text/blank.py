"""Whether a document says anything."""

import numpy as np

from datastd.measures import measure
from datastd.measures.text import Characters, Counts


@measure("F303", "text-empty", unit="0 or 1")
def blank(characters: Characters) -> Counts:
    """
    Whether each text is empty, or nothing but white space (Python's `str.strip`).

    Shape (N,), int64: 1 for a text without a visible character.

    Why it matters:
        An empty document is an end-of-text token after another, which teaches a model
        to end at once.

    Remedy:
        Leave the record out; where many are empty, look at how they were extracted.

    Source:
        FineWeb's filter reason ``empty``.
    """
    return np.asarray(characters.visible == 0).astype(np.int64)
