"""How many words questions have."""

import polars as pl

from datastd.measures import measure
from datastd.measures.text.unseen import SEEN

_UNPARTED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD = rf"\S*{SEEN}\S*"
_OTHER = rf"[^\s{_UNPARTED}]"
_EACH = rf"[{_UNPARTED}]|{_OTHER}*[{SEEN}&&{_OTHER}]{_OTHER}*"


@measure("Q501", "qa-question-empty", unit="words", version=2)
def question_words(text: pl.Series) -> pl.Series:
    """
    Words of each question: what white space parts, and of which something is seen.

    Shape (N,), Int64.  In a question of less than three such words every character of a
    script that does not part words counts: Chinese, kana, Thai, Lao, Khmer, Burmese.

    Why it matters:
        A question of nothing, or of a word, can be answered by anything.

    Remedy:
        Leave the question out; where many are empty, look at how they were extracted.

    Source:
        datastd's own definition.
    """
    count = text.str.count_matches(_WORD)
    few = (count < 3).arg_true()  # noqa: PLR2004
    again = text.gather(few).str.count_matches(_EACH)
    return count.cast(pl.Int64).scatter(few, again.cast(pl.Int64))
