"""Whether objects are annotated twice."""

from datastd.measures import measure
from datastd.measures.boxes import Nearness, Numbers
from datastd.measures.boxes.in_words import box_copies_said


@measure(
    "C209",
    "coco-duplicate-annotation",
    unit="annotations",
    over="annotations",
    version=2,
    words=box_copies_said,
)
def box_copies(nearness: Nearness) -> Numbers:
    """
    Other annotations of the image that have each one's box and class, and are of a crowd as it is.

    Shape (A,), int64.

    Why it matters:
        A detection matches one of them, and the other is a miss: with each object twice an
        AP of 1.0 is .505.

    Remedy:
        Keep one of them.

    Source:
        cocoapi#462 (image 99844), #424; measured with pycocotools.
    """
    return nearness.copies
