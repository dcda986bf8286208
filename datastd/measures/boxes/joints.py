"""Key points: which are labelled, and which cannot be what they say."""

import numpy as np
from numpy.typing import NDArray

from datastd.kernels import kernel

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]


@kernel
def counted(keypoints: Floats, ends: Numbers, width: Numbers, height: Numbers) -> Numbers:
    """
    Count key points, which are three numbers each: x, y and v.

    Args:
        keypoints: All numbers of all annotations.
        ends: Where those of each begin, and those of the last end; shape (A + 1,).
        width: Of each annotation's picture; shape (A,).
        height: Likewise.

    Returns:
        Of each annotation, those with v above 0; and those with another v than 0, 1 or 2, with
        v 0 elsewhere than at (0, 0), or with v above 0 outside of the picture; shape (A, 2).
    """
    found = np.zeros((len(width), 2), np.int64)
    for n in range(len(width)):
        for at in range(ends[n], ends[n + 1] - 2, 3):
            x, y, v = keypoints[at], keypoints[at + 1], keypoints[at + 2]
            found[n, 0] += v > 0
            if v == 0:
                found[n, 1] += not (x == 0 and y == 0)
            else:
                inside = 0 <= x <= width[n] and 0 <= y <= height[n]
                found[n, 1] += not (inside and (v in (1, 2)))
    return found
