"""Of how many forms a record has keys."""

import numpy as np
from numpy.typing import NDArray

from datastd.measures import measure
from datastd.measures.turns.in_words import mixed_forms_said


@measure("F626", "mixed-format-keys", unit="forms", version=2, words=mixed_forms_said)
def mixed_forms(forms: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    Of how many forms a record has keys, beyond the one that it is read as.

    Shape (N,), int64.  Each of these is the mark of one: ``text``, ``messages``,
    ``conversations``, ``instruction``, ``prompt`` with ``completion``, ``completions``,
    ``preferred_output`` or ``non_preferred_output``; and ``chosen`` or ``rejected`` beside a third
    answer: ``text``, ``completion``, ``completions`` or those of OpenAI's pairs.  A value of null
    is no key.

    Why it matters:
        A trainer takes one of them, and nobody knows which; a service refuses the file.

    Remedy:
        Leave out the keys that are not meant to be learnt from.

    Source:
        Together AI, "Fine-tuning: data preparation".
    """
    return np.maximum(forms - 1, 0)
