"""Whether polygons enclose anything."""

from datastd.measures import measure
from datastd.measures.boxes import Numbers, Outline
from datastd.measures.boxes.in_words import flat_rings_said


@measure(
    "F224", "coco-polygon-degenerate", unit="polygons", over="annotations", words=flat_rings_said
)
def flat_rings(outline: Outline) -> Numbers:
    """
    Polygons of each annotation that enclose less than 1 px², such as those of equal points.

    Shape (A,), int64. Those of fewer than 6 numbers are F222's.

    Why it matters:
        The mask is empty, or a pixel that nobody drew: losses of masks divide by their
        area.

    Remedy:
        Leave the polygon out, and the annotation if it has no other.

    Source:
        cocoapi#355: a polygon of two distinct points.
    """
    return outline.flat
