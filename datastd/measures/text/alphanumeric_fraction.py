"""How much of a document is letters and digits."""

from datastd.measures import measure
from datastd.measures.text import Characters, Floats, fraction
from datastd.measures.text.kinds import Kinds
from datastd.model import Level


@measure("Q378", "alnum-ratio-low", unit="fraction", level=Level.WARN)
def alphanumeric_fraction(character_kinds: Kinds, characters: Characters) -> Floats:
    """
    Letters and digits of each text (`str.isalnum`), as a share of its characters.  0 of an
    empty text.  Shape (N,), float64.  Default: at least 0.25.

    Why it matters:
        What has fewer is drawn with characters, or is the rule lines of tables.

    Remedy:
        Leave the documents out.

    Source:
        DCLM's filters for code, after RedPajama; data-juicer, alphanumeric_filter.
    """
    return fraction(character_kinds.alphanumeric, characters.all)
