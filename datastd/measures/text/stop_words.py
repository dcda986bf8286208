"""Whether a document is English prose."""

from datastd.measures import measure
from datastd.measures.text import Counts, Words
from datastd.model import Level


@measure("Q327", "gopher-stop-words", unit="words", level=Level.WARN)
def stop_words(split_words: Words) -> Counts:
    """
    How many of the, be, to, of, and, that, have and with are words of each text, in lower case
    (`pieces.words`). From 0 to 8: each counts once, where Dolma, NeMo and DCLM count every
    occurrence. Shape (N,), int64.

    Why it matters:
        English prose has two of them in every few sentences; keywords and lists have none.

    Remedy:
        Leave the documents out; for other languages, leave out this limit.

    Source:
        Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
        Gopher", A1.1; distinct words, as datatrove counts.
    """
    return split_words.stops
