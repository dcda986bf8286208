"""Whether BERT's loader leaves answers out."""

import polars as pl

from datastd.measures import measure
from datastd.measures.spans import SPACE, Bits
from datastd.measures.spans.in_words import bert_unrecoverable_said
from datastd.model import Level

_ODD = r"\x0b\x0c\x1c-\x1f\u{85}\u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{205F}\u{3000}"
_PARTED = rf"[^\s\x1c-\x1f]{SPACE}*[{_ODD}]{SPACE}*[^\s\x1c-\x1f]"
"""White space between two words that is some for Python, and none for BERT."""


@measure(
    "C511",
    "squad-bert-unrecoverable",
    unit="0 or 1",
    level=Level.WARN,
    over="annotations",
    words=bert_unrecoverable_said,
)
def bert_unrecoverable(text: pl.Series, shifts: Bits) -> pl.Series:
    """
    Whether BERT's loader cannot find an answer that is where it says.

    Shape (A,), Int64.  The loader parts the context at space, tab, CR, LF and U+202F, the
    answer at all of Python's white space: one with a no-break space between two words, or
    another such space, is not in the words that it spans.

    Why it matters:
        The question is left out of training, with a warning in a log of thousands.

    Remedy:
        Put plain spaces into context and answer.

    Source:
        BERT's run_squad.py, ``actual_text.find(cleaned_answer_text) == -1``.
    """
    return (text.str.contains(_PARTED) & pl.Series(shifts == 0)).cast(pl.Int64)
