"""How many lines are items of a list."""

from datastd.measures import measure
from datastd.measures.text import Counts, Floats, fraction
from datastd.model import Level


@measure("Q324", "gopher-bullet-lines", unit="fraction", level=Level.WARN)
def bullet_line_fraction(line_counts: Counts) -> Floats:
    """
    Lines of each text (`str.splitlines`) that begin with a bullet or a hyphen, after white
    space, as a share of its lines. 0 for a text without lines. Shape (N,), float64.

    Why it matters:
        A menu or a table of contents is a list from end to end.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
        Gopher", A1.1; the bullets are datatrove's, other tools have others.
    """
    return fraction(line_counts[:, 0], line_counts[:, 2])
