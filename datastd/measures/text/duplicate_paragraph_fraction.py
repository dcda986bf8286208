"""How many paragraphs say what was said before."""

from datastd.measures import measure
from datastd.measures.text import Floats, Repeats, fraction
from datastd.model import Level


@measure("Q331", "dup-paragraph-fraction", unit="fraction", level=Level.WARN)
def duplicate_paragraph_fraction(repeated_paragraphs: Repeats) -> Floats:
    """
    Paragraphs of each text that repeat an earlier one of it, as a share of its paragraphs; they
    are parted by two line feeds or more, after white space was taken off the ends. Shape (N,),
    float64.

    Why it matters:
        Menus, footers and templates repeat; a model learns to repeat with them.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
        Gopher", A1.1, table A1; occurrences after the first, as datatrove counts, where Dolma
        and DCLM count all.
    """
    return fraction(repeated_paragraphs.pieces, repeated_paragraphs.all)
