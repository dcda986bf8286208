"""How many ellipses there are."""

from datastd.measures import measure
from datastd.measures.text import Counts, Floats, Words, fraction
from datastd.model import Level


@measure("Q323", "gopher-ellipsis-ratio", unit="per word", level=Level.WARN)
def ellipses_per_word(symbol_counts: Counts, split_words: Words) -> Floats:
    """
    Ellipses of each text for each of its words and symbols (`pieces.words`): U+2026, and every
    three dots in a row. 0 for a text without any. Shape (N,), float64.

    Why it matters:
        Teasers that were cut off end so, one after the other.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
        Gopher", A1.1; counted as datatrove does.
    """
    return fraction(symbol_counts[:, 1], split_words.all)
