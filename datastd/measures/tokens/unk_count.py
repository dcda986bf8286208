"""How much of a sample the tokenizer did not know."""

from datastd.measures import measure
from datastd.measures.tokens import Counts, Scan


@measure("Q488", "unk-count-outside", unit="tokens")
def unk_count(scan: Scan) -> Counts:
    """
    Unknown ids of each sample; 0 for a tokenizer that has none.  Shape (N,), int64.

    Why it matters:
        What is unknown is lost: the model is asked to predict that something was there.

    Remedy:
        Take a tokenizer that falls back to bytes, or one for these languages.

    Source:
        deepchecks, nlp, unknown_tokens.
    """
    return scan.unk
