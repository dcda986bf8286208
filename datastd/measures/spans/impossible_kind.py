"""Whether questions say that they have no answer."""

import numpy as np

from datastd.measures import measure
from datastd.measures.spans import Bits
from datastd.measures.spans.in_words import impossible_kind_said


@measure("F504", "squad-is-impossible-type", unit="0, 1 or 2", words=impossible_kind_said)
def impossible_kind(flag: Bits) -> Bits:
    """
    What ``is_impossible`` of each question is.

    Shape (N,), int64: 0 where it is not there, or null; 1 for true or false; 2 for anything
    else, such as the string "false".

    Why it matters:
        Version 2.0 needs it on every question: BERT ends with a KeyError.  A string is true,
        whatever it says.  Version 1.1 has none.

    Remedy:
        Write true or false on every question, or on none; then name that version.

    Source:
        BERT's run_squad.py, ``version_2_with_negative``; `SquadQuestion`.
    """
    return np.asarray(flag)
