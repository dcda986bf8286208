"""Whether boxes are no larger than a pixel."""

import numpy as np

from datastd.measures import measure
from datastd.measures.boxes import Box, Numbers
from datastd.measures.boxes.in_words import box_tiny_said
from datastd.model import Level

LEAST = 1.0  # px


@measure(
    "F213",
    "coco-bbox-tiny",
    unit="0 or 1",
    level=Level.WARN,
    over="annotations",
    words=box_tiny_said,
)
def box_tiny(box: Box) -> Numbers:
    """
    Whether each box is at most 1 px wide, or at most 1 px high.

    Shape (A,), int64.

    Why it matters:
        torchvision leaves images out whose boxes are all so; after a resize nothing of the
        object is left.

    Remedy:
        Leave the annotation out, or measure its box again.

    Source:
        torchvision references/detection/coco_utils.py, ``_has_only_empty_bbox``.
    """
    return (box.stated & ~(np.minimum(box.w, box.h) > LEAST)).astype(np.int64)
