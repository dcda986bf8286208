"""The highest id of a sample."""

from datastd.measures import measure
from datastd.measures.tokens import Counts, Scan


@measure("Q497", "highest-id-outside", unit="id")
def highest_id(scan: Scan) -> Counts:
    """
    Highest id of each sample, -1 where it has none; shape (N,), int64.

    Why it matters:
        An id that the embedding has no row for ends a training process on a GPU.

    Remedy:
        Tokenise again, with the tokenizer that the model is trained with.

    Source:
        datastd's own definition, for C401.
    """
    return scan.highest
