"""How much of a document is white space."""

from datastd.measures import measure
from datastd.measures.text import Characters, Floats, fraction
from datastd.measures.text.kinds import Kinds
from datastd.model import Level


@measure("Q368", "nemo-whitespace-ratio", unit="fraction", level=Level.WARN)
def white_space_fraction(character_kinds: Kinds, characters: Characters) -> Floats:
    """
    Spaces, tabs, line feeds, carriage returns and backspaces of each text, as a share of its
    characters.  0 of an empty text.  Shape (N,), float64.  Default: at most 0.25.

    Other white space, such as U+00A0, does not count.

    Why it matters:
        Tables, menus and deeply indented code come out of extraction as blanks.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        NeMo Curator, WhiteSpaceFilter.
    """
    return fraction(character_kinds.blank, characters.all)
