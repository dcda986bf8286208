"""Whether one object is annotated as two things."""

from datastd.measures import measure
from datastd.measures.boxes import Nearness, Numbers
from datastd.measures.boxes.in_words import box_conflicts_said
from datastd.model import Level


@measure(
    "C210",
    "coco-conflicting-overlap",
    unit="0, 1, or 2 where there are too many to compare",
    level=Level.WARN,
    over="annotations",
    version=2,
    words=box_conflicts_said,
)
def box_conflicts(nearness: Nearness) -> Numbers:
    """
    Whether an annotation of the image with another class nearly has each one's box.

    Shape (A,), int64: 1 where their intersection over union is at least 0.95.

    Why it matters:
        One of the classes is wrong, and each is learned against the other.

    Remedy:
        Keep the right one.

    Source:
        cleanlab, LABEL_OVERLAP_THRESHOLD.
    """
    return nearness.conflict
