"""How many ids of a sample the vocabulary does not have."""

from datastd.measures import measure
from datastd.measures.tokens import Counts, Scan


@measure("Q494", "outside-count-outside", unit="tokens")
def outside_count(scan: Scan) -> Counts:
    """
    Ids of each sample below 0, or at or above the size of the vocabulary; shape (N,), int64.

    Why it matters:
        An id that the embedding has no row for ends a training process on a GPU.

    Remedy:
        Tokenise again, with the tokenizer that the model is trained with.

    Source:
        datastd's own definition, for C401 and C403.
    """
    return scan.outside
