"""How far stated areas are from those of the outlines."""

from datastd.measures import measure
from datastd.measures.boxes import Floats
from datastd.measures.boxes.in_words import area_off_said
from datastd.model import Level


@measure(
    "F218",
    "coco-area-mismatch",
    unit="share of the outline's area",
    level=Level.WARN,
    over="annotations",
    words=area_off_said,
)
def area_off(area_share_off: Floats) -> Floats:
    """
    By which share of its outline's area each stated area differs from it; 0 for up to 4 px².

    Shape (A,), float64. Polygons count by the shoelace formula, added up, masks by their
    pixels; of a circle of polygons of radius 2 these differ by 3.9 %, of radius 5 by 2.5 %. 0
    where there is no outline.

    Why it matters:
        The area is that of the outline and not of the box, and says whether an object is
        small, medium or large: an area of 10 moved one of 1600 px² to the small ones.

    Remedy:
        Compute the areas anew, from the outlines.

    Source:
        cocoeval.py, ``areaRng``.
    """
    return area_share_off
