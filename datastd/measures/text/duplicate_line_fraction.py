"""How many lines say what was said before."""

from datastd.measures import measure
from datastd.measures.text import Floats, Repeats, fraction
from datastd.model import Level


@measure("Q330", "dup-line-fraction", unit="fraction", level=Level.WARN)
def duplicate_line_fraction(repeated_lines: Repeats) -> Floats:
    """
    Lines of each text that repeat an earlier one of it, as a share of its lines; they are
    parted by one line feed or more. Shape (N,), float64.

    Why it matters:
        Menus, footers and templates repeat; a model learns to repeat with them.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
        Gopher", A1.1, table A1; occurrences after the first, as datatrove counts, where Dolma
        and DCLM count all.
    """
    return fraction(repeated_lines.pieces, repeated_lines.all)
