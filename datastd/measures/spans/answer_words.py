"""How long answers are."""

import polars as pl

from datastd.measures import measure
from datastd.model import Level

_MARKS = r"\p{P}$+<=>^`|~"
_WORDS = rf"[{_MARKS}]|\p{{Han}}|[^\s\p{{Han}}{_MARKS}]+"


@measure("Q504", "qa-answer-too-long", unit="words", level=Level.WARN, over="annotations")
def answer_words(text: pl.Series) -> pl.Series:
    """
    Words of each answer, as BERT parts them before it looks for pieces of words.

    Shape (A,), Int64: runs between white space and punctuation, each mark, and each Chinese
    character.  Pieces are as many or more.

    Why it matters:
        BERT predicts no span of more than 30 pieces (``max_answer_length``): such an answer
        is never found.

    Remedy:
        Cut the answer down, or raise the model's limit.

    Source:
        BERT's run_squad.py and tokenization.py, ``BasicTokenizer``.
    """
    return text.str.count_matches(_WORDS).cast(pl.Int64)
