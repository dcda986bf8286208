"""How well boxes agree with what they are drawn around."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.boxes import HUGE, Box, Floats, Outline, in_millionths
from datastd.measures.boxes.outlines import NONE
from datastd.model import Level


@measure(
    "F295",
    "coco-segment-iou",
    unit="intersection over union",
    level=Level.WARN,
    over="annotations",
    version=2,
)
@HUGE
def segment_iou(box: Box, shape: pl.Series, outline: Outline) -> Floats:
    """
    Overlap of each box with the smallest one around its outline, from 0 to 1.

    Shape (A,), float64. 1 where there is no outline; 0 where it covers nothing; and of boxes
    without an inside whether they are equal, to a millionth. Pixels of masks are squares, as in
    pycocotools' ``toBbox``.

    Why it matters:
        Box and mask of one object are learned together.

    Remedy:
        None: F220 judges it.

    Source:
        datastd's own definition, for F220.
    """
    wide = np.minimum(box.x + box.w, outline.right) - np.maximum(box.x, outline.left)
    high = np.minimum(box.y + box.h, outline.bottom) - np.maximum(box.y, outline.top)
    both = np.maximum(wide, 0) * np.maximum(high, 0)
    around = (outline.right - outline.left) * (outline.bottom - outline.top)
    union = box.w * box.h + around - both
    ours = np.stack([box.x, box.y, box.x + box.w, box.y + box.h])
    theirs = np.stack([outline.left, outline.top, outline.right, outline.bottom])
    equal = (in_millionths(np.abs(ours - theirs)) == 0).all(axis=0)  # 296.65 + 1.03 is no 297.68
    share = np.divide(both, union, out=equal.astype(np.float64), where=union > 0)
    return np.where(shape.to_numpy() == NONE, 1.0, share)
