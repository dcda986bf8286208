"""How much of a document is brackets."""

from datastd.measures import measure
from datastd.measures.text import Characters, Floats, fraction
from datastd.measures.text.kinds import Kinds
from datastd.model import Level


@measure("Q369", "nemo-parentheses-ratio", unit="fraction", level=Level.WARN)
def bracket_fraction(character_kinds: Kinds, characters: Characters) -> Floats:
    """
    Round, square, curly and angle (U+27E8, U+27E9) brackets of each text, as a share of its
    characters.  0 of an empty text.  Shape (N,), float64.  Default: at most 0.1.

    Why it matters:
        Lists of references and what is left of templates and data are full of them.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        NeMo Curator, ParenthesesFilter.
    """
    return fraction(character_kinds.brackets, characters.all)
