"""How many number signs there are."""

from datastd.measures import measure
from datastd.measures.text import Counts, Floats, Words, fraction
from datastd.model import Level


@measure("Q322", "gopher-hash-ratio", unit="per word", level=Level.WARN)
def hashes_per_word(symbol_counts: Counts, split_words: Words) -> Floats:
    """
    Number signs (#) of each text for each of its words and symbols (`pieces.words`). 0 for a
    text without any. Shape (N,), float64.

    Why it matters:
        Many are a list of tags or a log, and no prose.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
        Gopher", A1.1; counted as datatrove does.
    """
    return fraction(symbol_counts[:, 0], split_words.all)
