"""Whether both sides of pairs say the same but for the case of letters."""

import numpy as np

from datastd.measures import measure
from datastd.measures.responses import Sides, said
from datastd.measures.responses.in_words import case_alone_said
from datastd.measures.text import Counts
from datastd.model import Level


@measure(
    "F697", "pref-case-alone", unit="0 or 1", level=Level.WARN, version=2, words=case_alone_said
)
def case_alone(sides: Sides) -> Counts:
    """
    Whether what was chosen of each pair is what was rejected, but for the case of letters.

    Shape (N,), int64.  Compared as F632 does, by `str.casefold`; 0 for what F632 finds, and for
    what is no pair.

    Why it matters:
        Unless case was what was asked about, nothing is learnt of which answer is better.

    Remedy:
        Look at the pair; leave it out, where case was not asked about.

    Source:
        datastd's own definition: the lesser step of F632.
    """
    folded = said.alike(*sides, cased=False)
    return np.asarray(folded - said.alike(*sides, cased=True))
