"""How many lines were cut off."""

from datastd.measures import measure
from datastd.measures.text import Counts, Floats, fraction
from datastd.model import Level


@measure("Q325", "gopher-ellipsis-lines", unit="fraction", level=Level.WARN)
def ellipsis_line_fraction(line_counts: Counts) -> Floats:
    """
    Lines of each text (`str.splitlines`) that end in three dots or U+2026, before white space,
    as a share of its lines. 0 for a text without lines. Shape (N,), float64.

    Why it matters:
        Pages of teasers end each line so, and say nothing to the end.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
        Gopher", A1.1; Dolma counts U+2026 alone.
    """
    return fraction(line_counts[:, 1], line_counts[:, 2])
