"""Whether objects are nearly annotated twice."""

from datastd.measures import measure
from datastd.measures.boxes import Nearness, Numbers
from datastd.measures.boxes.in_words import box_near_copies_said
from datastd.model import Level


@measure(
    "C299",
    "coco-near-duplicate-annotation",
    unit="0, 1, or 2 where there are too many to compare",
    level=Level.WARN,
    over="annotations",
    version=2,
    words=box_near_copies_said,
)
def box_near_copies(nearness: Nearness) -> Numbers:
    """
    Whether another annotation of the image nearly has each one's box, and its class.

    Shape (A,), int64: 1 where their intersection over union is at least 0.95, and both are of
    a crowd or neither is. Equal boxes are C209's.

    Why it matters:
        As for C209: a detection matches one of them alone.

    Remedy:
        Look at both, and keep the better one.

    Source:
        datastd's own definition: a lesser step of C209; cleanlab,
        LABEL_OVERLAP_THRESHOLD.
    """
    return nearness.alike
