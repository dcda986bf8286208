"""How many ends and beginnings of text lie inside a sample."""

from datastd.measures import measure
from datastd.measures.tokens import Counts, Scan


@measure("Q489", "inner-marks-outside", unit="tokens")
def inner_marks(scan: Scan) -> Counts:
    """
    End-of-text and beginning-of-text ids that are neither first nor last; shape (N,), int64.

    Why it matters:
        Inside a document they came out of its text: a page about a tokenizer ends where it
        names the token.

    Remedy:
        Encode text as ordinary text, ``encode_ordinary``, and append the id afterwards.

    Source:
        datastd's own definition, for C410.
    """
    return scan.inner
