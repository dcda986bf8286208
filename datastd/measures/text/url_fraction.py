"""How much of a document is addresses."""

import polars as pl

from datastd.measures import measure
from datastd.measures.text import Characters, Floats, fraction
from datastd.measures.text.patterns import counted
from datastd.model import Level

_URL = "https?://[!$-_a-z]+"


def _lengths(some: pl.Series) -> pl.Series:
    return some.str.len_chars() - some.str.replace_all(_URL, "").str.len_chars()


@measure("Q367", "nemo-url-ratio", unit="fraction", level=Level.WARN)
def url_fraction(text: pl.Series, characters: Characters) -> Floats:
    """
    Characters of each text that are in addresses, as a share of all.

    An address begins with ``http://`` or ``https://`` and goes on with ``!``, the characters of
    ASCII from ``$`` to ``_``, and small letters; it ends at ``#`` and ``~``.  0 of an empty text.
    Shape (N,), float64.  Default: at most 0.2.

    Why it matters:
        Lists of links are no prose, and letters at random cannot be foretold.

    Remedy:
        Leave the documents out, or cut the addresses.

    Source:
        NeMo Curator, UrlsFilter.
    """
    some = text.str.contains("http", literal=True)
    return fraction(counted(text, some, _lengths), characters.all)
