"""How many texts end in a sample."""

from datastd.measures import measure
from datastd.measures.tokens import Counts, Scan


@measure("Q491", "eos-count-outside", unit="tokens")
def eos_count(scan: Scan) -> Counts:
    """
    End-of-text ids of each sample; shape (N,), int64.

    Why it matters:
        It is what tells a model, and a reader of bare ids, where a document ends.

    Remedy:
        Append one to each document when it is tokenised.

    Source:
        Karpathy, nanoGPT, data/openwebtext/prepare.py.
    """
    return scan.eos
