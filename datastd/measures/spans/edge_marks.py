"""Whether answers begin or end with what does not belong to them."""

import polars as pl

from datastd.measures import measure
from datastd.measures.spans import SPACE
from datastd.measures.spans.in_words import edge_marks_said
from datastd.model import Level

_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"), ("«", "»"))
_EDGE = rf"^(?:{SPACE}|[,;:.!?)\]}}”»])|(?:{SPACE}|[,;:(\[{{“«])$"
_PAIRED = r"^[(\[{“«\"]|[)\]}”»\"]$"


@measure(
    "C509",
    "squad-answer-edge-space",
    unit="0 or 1",
    level=Level.WARN,
    over="annotations",
    words=edge_marks_said,
)
def edge_marks(text: pl.Series) -> pl.Series:
    """
    Whether each answer begins or ends with white space, or with a mark that is not its own.

    Shape (A,), Int64.  At the beginning that is a comma, semicolon, colon, full stop,
    exclamation or question mark, a closing bracket or quotation mark; at the end a comma,
    semicolon, colon, an opening bracket or quotation mark; at either end a bracket or
    quotation mark whose other half the answer lacks.

    Why it matters:
        Tokenizers put the space, or the mark, into another token than the answer.

    Remedy:
        Strip the answer, and move its start.

    Source:
        datastd's own definition.
    """
    bad = text.str.contains(_EDGE)
    rows = (text.str.contains(_PAIRED) & ~bad).arg_true()
    if len(rows):
        some = text.gather(rows)
        lacks = some.str.count_matches('"', literal=True) % 2 == 1
        for opening, closing in _PAIRS:
            lacks |= some.str.starts_with(opening) & ~some.str.contains(closing, literal=True)
            lacks |= some.str.ends_with(closing) & ~some.str.contains(opening, literal=True)
        bad = bad.scatter(rows.filter(lacks), values=True)
    return bad.cast(pl.Int64)
