"""How often a text ends twice."""

from datastd.measures import measure
from datastd.measures.tokens import Counts, Scan


@measure("Q490", "eos-pairs-outside", unit="pairs")
def eos_pairs(scan: Scan) -> Counts:
    """
    End-of-text ids of each sample that follow another one; shape (N,), int64.

    Why it matters:
        Between two of them lies a document without a word.

    Remedy:
        Leave empty texts out before they are tokenised.

    Source:
        datastd's own definition, for C406.
    """
    return scan.pairs
