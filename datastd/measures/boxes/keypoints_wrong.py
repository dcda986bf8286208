"""Whether key points can be what they say."""

from datastd.measures import measure
from datastd.measures.boxes import Numbers
from datastd.measures.boxes.in_words import keypoints_wrong_said


@measure(
    "F234",
    "coco-keypoint-visibility",
    unit="key points",
    over="annotations",
    words=keypoints_wrong_said,
)
def keypoints_wrong(keypoint_faults: Numbers) -> Numbers:
    """
    Key points of each annotation that cannot be what they say.

    Shape (A,), int64: with another v than 0, 1 or 2, with v 0 and not at (0, 0), or with v
    above 0 and outside of the picture.

    Why it matters:
        A point that is not labelled, and taken for one that is, pulls the joint into the
        corner.

    Remedy:
        Write 0, 0, 0 for what is not labelled; clip the others.

    Source:
        COCO's data format.
    """
    return keypoint_faults[:, 1]
