"""How long the shorter sides of boxes are."""

import numpy as np

from datastd.measures import measure
from datastd.measures.boxes import Box, Floats


@measure("F212", "coco-bbox-degenerate", unit="px", over="annotations")
def box_side_px(box: Box) -> Floats:
    """
    Shorter side of each box in pixels, 0 or less where it has no inside.

    Shape (A,), float64.

    Why it matters:
        Regression divides by the sides of a box: training ends in NaN. In evaluation no
        detection can match such an object, and it costs recall: one good object and one
        such gave an AP of .505.

    Remedy:
        Leave the annotation out, or measure its box again.

    Source:
        cocoapi#355: image 200365, annotation 918.
    """
    return np.minimum(box.w, box.h)
