"""The id that a sample ends with."""

from datastd.measures import measure
from datastd.measures.tokens import Counts, Scan


@measure("Q495", "last-id-outside", unit="id")
def last_id(scan: Scan) -> Counts:
    """
    Last id of each sample, -1 where it has none; shape (N,), int64.

    Why it matters:
        A file that does not end with the end of a text was cut, or runs into the next.

    Remedy:
        Look at the samples named.

    Source:
        datastd's own definition, for C406 and C407.
    """
    return scan.last
