"""Whether polygons have fewer than three points."""

from datastd.measures import measure
from datastd.measures.boxes import Numbers, Outline
from datastd.measures.boxes.in_words import short_rings_said


@measure(
    "F222", "coco-polygon-too-short", unit="polygons", over="annotations", words=short_rings_said
)
def short_rings(outline: Outline) -> Numbers:
    """
    Polygons of each annotation that have fewer than 6 numbers.

    Shape (A,), int64.

    Why it matters:
        Two points enclose nothing. If the first polygon has 4 numbers, pycocotools fails,
        or takes it for a box: [10, 20, 30, 40] has an area of 1200.

    Remedy:
        Leave the polygon out; write a box as a polygon of its four corners.

    Source:
        pycocotools _mask.pyx, frPyObjects; detectron2 data/datasets/coco.py.
    """
    return outline.short
