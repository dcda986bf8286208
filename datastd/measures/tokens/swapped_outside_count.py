"""How many ids of a sample the vocabulary would not have in the other byte order."""

from datastd.measures import measure
from datastd.measures.tokens import Counts, Scan


@measure("Q493", "swapped-outside-count-outside", unit="tokens")
def swapped_outside_count(scan: Scan) -> Counts:
    """
    Ids of each sample that would be outside the vocabulary with their bytes the other way round.

    Counted where an id of the sample is outside as it is stored, else 0; shape (N,), int64.

    Why it matters:
        Ids that only the other order brings inside were written on another machine.

    Remedy:
        Write the ids little-endian.

    Source:
        datastd's own definition, for C403.
    """
    return scan.swapped
