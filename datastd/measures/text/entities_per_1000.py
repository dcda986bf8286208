"""Entities of HTML that nobody decoded."""

import html

import polars as pl

from datastd.measures import measure
from datastd.measures.text import Characters, Floats, fraction
from datastd.measures.text.patterns import counted
from datastd.model import Level

_ENTITY = "&#?[0-9A-Za-z]{1,24};"


def _decodable(some: pl.Series) -> pl.Series:
    """How many entities of each text stand for something."""
    found = some.str.extract_all(_ENTITY)
    flat = found.explode()
    known = [one for one in flat.unique().drop_nulls() if html.unescape(one) != one]
    return found.list.eval(pl.element().is_in(known)).list.sum()


@measure("Q308", "html-entity-residue", unit="per 1000 characters", level=Level.WARN)
def entities_per_1000(text: pl.Series, characters: Characters) -> Floats:
    """
    Entities such as ``&amp;`` in 1000 characters of each text.

    What stands between ``&`` and ``;``, up to 24 letters and digits of ASCII, and a number sign
    before them, if `html.unescape` makes another text of it.  0 of an empty text.  Shape (N,),
    float64.  Default: at most 1.

    Why it matters:
        Text was taken out of HTML and not decoded, or encoded twice; a model learns to write
        ``&quot;`` for a quote.

    Remedy:
        Decode it, ``html.unescape``, where the text is no source code.

    Source:
        The HTML Standard, named character references; ftfy, HTML_ENTITY_RE.
    """
    some = text.str.contains("&", literal=True)
    return 1000 * fraction(counted(text, some, _decodable), characters.all)
