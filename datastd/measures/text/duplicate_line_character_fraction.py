"""How much of a document is in lines that were said before."""

from datastd.measures import measure
from datastd.measures.text import Characters, Floats, Repeats, fraction
from datastd.model import Level


@measure("Q332", "dup-line-char-fraction", unit="fraction", level=Level.WARN)
def duplicate_line_character_fraction(repeated_lines: Repeats, characters: Characters) -> Floats:
    """
    Characters of the lines of each text that repeat an earlier one of it
    (`duplicate_line_fraction`), as a share of all its characters. 0 for an empty text. Shape
    (N,), float64.

    Why it matters:
        A few long parts that repeat are more of a document than many short ones.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
        Gopher", A1.1, table A1; as datatrove counts.
    """
    return fraction(repeated_lines.characters, characters.all)
