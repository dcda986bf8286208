"""Whether boxes have an inside."""

import numpy as np

from datastd.measures import measure
from datastd.measures.boxes import Box, Numbers
from datastd.measures.boxes.in_words import box_flat_said


@measure("F212", "coco-bbox-degenerate", unit="0 or 1", over="annotations", words=box_flat_said)
def box_flat(box: Box) -> Numbers:
    """
    Whether the width or the height of each box is 0, less, or no finite number.

    Shape (A,), int64.

    Why it matters:
        Regression divides by the sides of a box: training ends in NaN. In evaluation no
        detection can match such an object, and it costs recall: one good object and one
        such gave an AP of .505.

    Remedy:
        Leave the annotation out, or measure its box again.

    Source:
        cocoapi#355: image 200365, annotation 918.
    """
    shorter, longer = np.minimum(box.w, box.h), np.maximum(box.w, box.h)
    return (box.stated & ~((shorter > 0) & (longer < np.inf))).astype(np.int64)
