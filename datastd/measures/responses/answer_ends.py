"""How answers begin and end."""

import polars as pl

from datastd.measures import measure
from datastd.measures.responses.ends import BLANK
from datastd.measures.text.pieces import Numbers
from datastd.model import Level


@measure("Q698", "response-ends", unit="bits", level=Level.WARN)
def answer_ends(answer: pl.Series, answer_bits: Numbers) -> pl.Series:
    """
    How each answer begins and ends, as the bits of `datastd.answers`.

    Shape (N,), Int64; null where there is no answer, or a blank one.  An answer ends in a mark
    that ends sentences (Sentence_Terminal of Unicode), an ellipsis or a colon, and so does one
    that closes a bracket, a quotation, or markup, or ends in a pictograph.  A fence is a line
    that begins with three backticks or more, behind white space or ``>``, without another
    backtick; as many or more alone on a line close it.

    Why it matters:
        What was cut off teaches to stop in the middle.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own; CommonMark 0.31, 4.5, for fences.
    """
    is_blank = answer.is_null() | pl.Series(answer_bits & BLANK > 0)
    return pl.Series(answer_bits).set(is_blank, None)
