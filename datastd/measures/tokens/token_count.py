"""How long a sample is."""

from datastd.measures import measure
from datastd.measures.tokens import Counts


@measure("Q499", "token-count-outside", unit="tokens")
def token_count(lengths: Counts) -> Counts:
    """
    Token ids of each sample; shape (N,), int64.

    Why it matters:
        A document of nothing says nothing; one that fills a disk is none.

    Remedy:
        Leave empty texts out before they are tokenised.

    Source:
        datastd's own definition.
    """
    return lengths
