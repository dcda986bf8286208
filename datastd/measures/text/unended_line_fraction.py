"""How many lines do not end as sentences do."""

from datastd.measures import measure
from datastd.measures.text import Floats, fraction
from datastd.measures.text.shapes import Shapes
from datastd.model import Level


@measure("Q371", "nemo-no-endmark-lines", unit="fraction", level=Level.WARN)
def unended_line_fraction(line_shapes: Shapes) -> Floats:
    r"""
    Lines of each text that do not end in one of ``.?!"'``, before white space, as a share of its
    lines that are not blank.  0 of a blank text.  Lines are those of ``text.split("\n")``.
    Shape (N,), float64.  Default: at most 0.85.

    Why it matters:
        Menus, headings and lists say little, and end so.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        NeMo Curator, PunctuationFilter, whose sentences are lines; Raffel et al. 2020, C4.
    """
    return fraction(line_shapes.unended, line_shapes.filled)
