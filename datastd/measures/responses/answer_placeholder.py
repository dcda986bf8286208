"""Whether answers are something else that stands in for one."""

import numpy as np
import polars as pl

from datastd.measures import marked, measure
from datastd.measures.responses.in_words import answer_placeholder_said
from datastd.measures.text import Utf8
from datastd.model import Level

_KNOWN = ("<no output>", "<nooutput>", "n/a", "none", "todo", "<noinput>")
_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))
_LONGEST = 64  # bytes: the longest of them, and more white space than anybody writes


@measure(
    "Q602", "response-placeholder", unit="0 or 1", level=Level.WARN, words=answer_placeholder_said
)
def answer_placeholder(answer: pl.Series, answer_utf8: Utf8) -> pl.Series:
    """
    Whether each answer is what stands in for one.

    Shape (N,), Int64.  In small letters and without white space at its ends it is one of
    ``<no output>``, ``<nooutput>``, ``n/a``, ``none``, ``todo``, ``<noinput>``.  *None* may be
    what was asked for: such an answer is counted too.

    Why it matters:
        A model learns to say that there is no output.

    Remedy:
        Leave the record out, or have it answered; where *none* is the answer, tolerate it.

    Source:
        AlpacaDataCleaned, README, issues 5, 6 and 9.
    """
    short = pl.Series(np.flatnonzero(np.diff(answer_utf8.offsets) <= _LONGEST))
    bare = answer[short].str.strip_chars(_SPACES).str.to_lowercase()
    return marked(len(answer), short.filter(bare.is_in(_KNOWN)))
