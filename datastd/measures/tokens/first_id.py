"""The id that a sample begins with."""

from datastd.measures import measure
from datastd.measures.tokens import Counts, Scan


@measure("Q496", "first-id-outside", unit="id")
def first_id(scan: Scan) -> Counts:
    """
    First id of each sample, -1 where it has none; shape (N,), int64.

    Why it matters:
        With the last id of the sample before, it tells where one document ends and the
        next begins.

    Remedy:
        Look at the samples named.

    Source:
        datastd's own definition, for C406 and C407.
    """
    return scan.first
