"""How much of a document is digits."""

from datastd.measures import measure
from datastd.measures.text import Characters, Floats, fraction
from datastd.measures.text.kinds import Kinds
from datastd.model import Level


@measure("Q366", "nemo-digit-ratio", unit="fraction", level=Level.WARN)
def digit_fraction(character_kinds: Kinds, characters: Characters) -> Floats:
    """
    Digits of each text, those of every script (`str.isdecimal`), as a share of its characters.
    0 of an empty text.  Shape (N,), float64.  Default: at most 0.15.

    Why it matters:
        Lists of numbers, logs and phone books cannot be foretold, and take the place of prose.

    Remedy:
        Leave the documents out.

    Source:
        NeMo Curator, NumbersFilter.
    """
    return fraction(character_kinds.decimal, characters.all)
