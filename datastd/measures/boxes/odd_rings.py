"""Whether polygons have an odd count of numbers."""

from datastd.measures import measure
from datastd.measures.boxes import Numbers, Outline
from datastd.measures.boxes.in_words import odd_rings_said


@measure(
    "F221", "coco-polygon-odd-length", unit="polygons", over="annotations", words=odd_rings_said
)
def odd_rings(outline: Outline) -> Numbers:
    """
    Polygons of each annotation that have an odd count of numbers.

    Shape (A,), int64.

    Why it matters:
        pycocotools leaves the last number out and says nothing; detectron2 leaves the
        polygon out.

    Remedy:
        Find the number that is missing: all behind it are of another axis.

    Source:
        pycocotools _mask.pyx, frPoly; detectron2 data/datasets/coco.py.
    """
    return outline.odd
