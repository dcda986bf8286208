"""How much a document says."""

from datastd.measures import measure
from datastd.measures.text import Counts, Words
from datastd.model import Level


@measure("Q320", "gopher-word-count", unit="words", level=Level.WARN)
def word_count(split_words: Words) -> Counts:
    """
    Words of each text with a letter or a digit; symbols before and behind them are none of
    theirs (`pieces.words`). Shape (N,), int64.

    Why it matters:
        Fragments of a few words have no context to learn from; lists of a hundred thousand are
        dumps of tables and logs.

    Remedy:
        Leave the documents out, or join what belongs together.

    Source:
        Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
        Gopher", A1.1.  Words are datastd's own: near to the tokens of datatrove, which also
        cuts don't in two; Dolma and NeMo take `str.split`.
    """
    return split_words.said
