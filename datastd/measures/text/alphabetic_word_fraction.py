"""How many words have letters."""

from datastd.measures import measure
from datastd.measures.text import Floats, Words, fraction
from datastd.model import Level


@measure("Q326", "gopher-alpha-words", unit="fraction", level=Level.WARN)
def alphabetic_word_fraction(split_words: Words) -> Floats:
    """
    Words of each text with a letter (`str.isalpha`) as a share of its words and symbols
    (`pieces.words`). 0 for a text without any. Shape (N,), float64.

    Why it matters:
        Tables of numbers, code and markup are no prose.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
        Gopher", A1.1.
    """
    return fraction(split_words.alphabetic, split_words.all)
