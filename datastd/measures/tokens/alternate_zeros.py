"""How many ids of a sample are 0 at every other place."""

from datastd.measures import measure
from datastd.measures.tokens import Counts, Scan


@measure("Q492", "alternate-zeros-outside", unit="tokens")
def alternate_zeros(scan: Scan) -> Counts:
    """
    Ids that are 0 at the even places of each sample, or at the odd ones, whichever are more.

    Shape (N,), int64.

    Why it matters:
        Ids of 32 bits, read as if they had 16, are an id and a 0 in turn.

    Remedy:
        Read the file in the width in which it was written.

    Source:
        datastd's own definition, for C404.
    """
    return scan.zeros
