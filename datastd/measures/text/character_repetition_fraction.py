"""How much of a document is what it says most often."""

import numpy as np

from datastd.measures import measure
from datastd.measures.text import Floats, Utf8, fraction, ten_characters
from datastd.model import Level


@measure("Q373", "char-repetition-ratio", unit="fraction", level=Level.WARN)
def character_repetition_fraction(utf8: Utf8) -> Floats:
    """
    Runs of 10 characters that each text has most often, as a share of all such runs of it.

    Of those that it has more than once, as many as the square root of how many different ones
    it has, rounded down; each counts as often as it is there.  0 for fewer than 10 characters,
    NaN for more than 4,194,304, which are not counted.  Shape (N,), float64.  Default: at most
    0.5, as data-juicer has it; BLOOM has 0.2.

    Why it matters:
        Templates, tables and broken extraction say one thing again and again.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        data-juicer, character_repetition_filter; Laurençon et al. 2022, "The BigScience ROOTS
        Corpus".
    """
    often, every = ten_characters.characters_again(*utf8).T
    return np.where(every < 0, np.nan, fraction(often, every))
