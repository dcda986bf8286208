"""Whether words are as long as words."""

from datastd.measures import measure
from datastd.measures.text import Floats, Words, fraction
from datastd.model import Level


@measure("Q321", "gopher-mean-word-length", unit="characters", level=Level.WARN)
def mean_word_length(split_words: Words) -> Floats:
    """
    Mean length of the words of each text that `word_count` counts, in code points. 0 for a text
    without words. Shape (N,), float64; a mean, where Dolma takes the median.

    Why it matters:
        Text without spaces, and single letters between spaces, are both failures of extraction.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
        Gopher", A1.1.
    """
    return fraction(split_words.characters, split_words.said)
