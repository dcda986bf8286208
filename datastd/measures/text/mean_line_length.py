"""How long lines are."""

from datastd.measures import measure
from datastd.measures.text import Floats
from datastd.measures.text.shapes import Shapes
from datastd.model import Level


@measure("Q397", "mean-line-length-outside", unit="characters", level=Level.WARN)
def mean_line_length(line_shapes: Shapes) -> Floats:
    r"""
    Code points of a line of each text on average, ``text.split("\n")``, the blank ones included.
    Shape (N,), float64.  Default: at most 100, of source code; of prose, no limit is known.

    Why it matters:
        Code in lines that long was written by a machine: minified, or data in its disguise.

    Remedy:
        Leave the files out.

    Source:
        RedPajama's filters of GitHub, as DCLM has them; `longest_line`, Q377, is their other
        half.
    """
    return line_shapes.characters / line_shapes.all
