"""Whether answers refuse, or say that a machine speaks."""

import polars as pl

from datastd.measures import marked, measure
from datastd.measures.responses.in_words import refusal_said
from datastd.measures.responses.signs import FIRST, Signs
from datastd.model import Level

_SAYS = r"(?i)\bas an ai(?: language)? model\b|\bI cannot\b|\bI['’]m sorry, but\b"


@measure(
    "Q604", "response-refusal-boilerplate", unit="0 or 1", level=Level.WARN, words=refusal_said
)
def refusal(answer: pl.Series, answer_signs: Signs) -> pl.Series:
    """
    Whether each answer says one of three things in its first 200 code points.

    Shape (N,), Int64: *as an AI model* or *as an AI language model*, *I cannot*, *I'm sorry,
    but*, in any case and with either apostrophe.

    Why it matters:
        A model that reads it in one answer of a hundred refuses what it could do.

    Remedy:
        Leave these records out, where refusing is not what is to be learned.

    Source:
        datastd's own definition; GPTeacher's Roleplay has 16 in 3,146.
    """
    rows = pl.Series(answer_signs.refuses).arg_true()
    refusing = rows.filter(answer[rows].str.slice(0, FIRST).str.contains(_SAYS))
    return marked(len(answer), refusing)
