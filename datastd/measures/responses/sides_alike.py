"""Whether both sides of pairs say the same."""

from datastd.measures import measure
from datastd.measures.responses import Sides, said
from datastd.measures.responses.in_words import sides_alike_said
from datastd.measures.text import Counts


@measure("F632", "pref-identical", unit="0 or 1", version=3, words=sides_alike_said)
def sides_alike(sides: Sides) -> Counts:
    """
    Whether what was chosen of each pair is what was rejected.

    Shape (N,), int64.  Both last turns are compared with runs of white space as one space, none
    at their ends, what Unicode writes in two ways as one (NFD), and without what nobody sees
    within a word (`unseen.is_ignored`).  Case counts: F697 asks about it.  So does what they call
    with which arguments, however their JSON is written.  0 for what is no pair, and where one
    shows a picture, a film or sound.

    Why it matters:
        The loss of such a pair is constant: it teaches nothing, and counts as a failure.

    Remedy:
        Leave the pair out.

    Source:
        datastd's own definition.
    """
    return said.alike(*sides, cased=True)
