"""Why answers are not where they say."""

from datastd.measures import measure
from datastd.measures.spans import Bits


@measure("C599", "squad-answer-shift", unit="bits", over="annotations")
def shift(shifts: Bits) -> Bits:
    """
    Under which readings of its offset each answer is where it says.

    Shape (A,), int64: 0 where it is; else bits, as `datastd.offsets` names
    them.

    Why it matters:
        Who knows how offsets were counted can put all of them right at once.

    Remedy:
        None: C501 judges whether there is a shift, C503 says which.

    Source:
        datastd's own; hf/datasets#2585, SOQAL#8.
    """
    return shifts
