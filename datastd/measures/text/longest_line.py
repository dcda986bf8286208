"""How long the longest line is."""

from datastd.measures import measure
from datastd.measures.text import Counts
from datastd.measures.text.shapes import Shapes
from datastd.model import Level


@measure("Q377", "line-length", unit="characters", level=Level.WARN)
def longest_line(line_shapes: Shapes) -> Counts:
    r"""
    Code points of the longest line of each text, ``text.split("\n")``.  Shape (N,), int64.
    Default: at most 1000, of source code; a line of prose is a paragraph, and is often longer.

    Why it matters:
        Code in lines that long was written by a machine: minified, or data in its disguise.

    Remedy:
        Leave the files out.

    Source:
        RedPajama's filters of GitHub, as DCLM has them; `mean_line_length` is their other half.
    """
    return line_shapes.longest
