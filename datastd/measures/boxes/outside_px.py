"""How far outlines reach beyond their pictures."""

from datastd.measures import measure
from datastd.measures.boxes import Floats, Outline, in_millionths
from datastd.measures.boxes.in_words import outside_px_said
from datastd.model import Level


@measure(
    "F223",
    "coco-polygon-out-of-image",
    unit="px",
    level=Level.WARN,
    over="annotations",
    words=outside_px_said,
)
def outside_px(outline: Outline) -> Floats:
    """
    How far the farthest point of each annotation's polygons is outside of the picture.

    Shape (A,), float64, from 0.

    Why it matters:
        What is outside is cut off without a word: the mask has another area than its
        polygon, or belongs to another picture.

    Remedy:
        Clip the polygon, or find the picture that it is of.

    Source:
        datastd's own definition.
    """
    return in_millionths(outline.outside)
