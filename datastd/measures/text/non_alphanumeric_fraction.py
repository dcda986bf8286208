"""How much of a document is neither plain letters nor plain digits."""

from datastd.measures import measure
from datastd.measures.text import Characters, Floats, fraction
from datastd.measures.text.kinds import Kinds
from datastd.model import Level


@measure("Q365", "nemo-non-alnum-ratio", unit="fraction", level=Level.WARN)
def non_alphanumeric_fraction(character_kinds: Kinds, characters: Characters) -> Floats:
    """
    Characters of each text other than a to z, A to Z, 0 to 9, line feeds and ``?!,.``, as a
    share of all.  0 of an empty text.  Shape (N,), float64.  Default: at most 0.25.

    A space counts, so that plain English has 0.2 already; so do all letters beyond ASCII, so
    that it is for English only.

    Why it matters:
        Pages of markup, tables and broken encodings are made of such characters.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        NeMo Curator, NonAlphaNumericFilter.
    """
    return fraction(characters.all - character_kinds.plain, characters.all)
