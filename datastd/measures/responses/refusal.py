"""Whether answers refuse, or say that a machine speaks."""

import polars as pl

from datastd.measures import measure
from datastd.model import Level

_FIRST = 200  # code points
_SAYS = r"(?i)\bas an ai(?: language)? model\b|\bI cannot\b|\bI['’]m sorry, but\b"


@measure("Q604", "response-refusal-boilerplate", unit="0 or 1", level=Level.WARN)
def refusal(answer: pl.Series) -> pl.Series:
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
    head = answer.str.slice(0, _FIRST)
    return head.str.contains(_SAYS).fill_null(value=False).cast(pl.Int64)
