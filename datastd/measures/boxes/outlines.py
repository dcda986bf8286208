"""Polygons and run lengths, in one pass: areas, tight boxes, and what is wrong with them."""

import numpy as np
from numpy.typing import NDArray

from datastd.kernels import helper, kernel

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]

NONE, POLYGONS, RUNS, STRING = range(4)
"""What a segmentation is: nothing, polygons, run lengths as numbers, run lengths as a string."""

LEAST = 6  # numbers of a polygon: three points

_AREA, _LEFT, _TOP, _RIGHT, _BOTTOM, _OUTSIDE = range(6)
_ODD, _SHORT, _FLAT, _SUM = range(4)
_MOST = 1 << 53  # a run, or a sum of them, that is taken as no more than this
_FLAT_BELOW = 1.0  # px²


@helper
def _polygon(points: Floats, start: int, stop: int) -> float:
    """The area that a polygon encloses, px²; a last number without its pair is left out."""
    last = start + (stop - start) // 2 * 2 - 2
    total = 0.0
    x, y = points[start], points[start + 1]  # from its first point: large numbers cancel
    before_x, before_y = points[last] - x, points[last + 1] - y
    for at in range(start, last + 1, 2):
        here_x, here_y = points[at] - x, points[at + 1] - y
        total += before_x * here_y - here_x * before_y
        before_x, before_y = here_x, here_y
    return abs(total) / 2


def enclosed(points: Floats) -> float:
    """The area that one polygon encloses, px²."""
    return _polygon(points, 0, len(points))


@kernel
def outlined(  # noqa: C901, PLR0912, PLR0913, PLR0917
    shape: NDArray[np.int8], points: Floats, rings: Numbers, ring_ends: Numbers, counts: Numbers,
    count_ends: Numbers, mask_height: Numbers, width: Numbers, height: Numbers,
) -> tuple[Floats, Numbers]:  # fmt: skip
    """
    Measure segmentations.

    Args:
        shape: `NONE`, `POLYGONS`, `RUNS` or `STRING`; shape (A,).
        points: All numbers of all polygons.
        rings: How many of them each polygon has.
        ring_ends: Where the polygons of each begin, and those of the last end; shape (A + 1,).
        counts: All runs.
        count_ends: Likewise.
        mask_height: Rows of the mask that runs are of; shape (A,).
        width: Of each picture.
        height: Likewise.

    Returns:
        Of each the area in px², left, top, right and bottom edge (no numbers where it covers
        nothing), and how far its farthest point is outside of the picture; float64, shape (A, 6).
        How many polygons have an odd count of numbers, fewer than 6, and less than 1 px²; and
        the sum of the runs; int64, shape (A, 4).
    """
    many = len(shape)
    sizes, faults = np.zeros((many, 6)), np.zeros((many, 4), np.int64)
    at = 0
    for n in range(many):
        left, top, right, bottom = np.inf, np.inf, -np.inf, -np.inf
        if shape[n] == POLYGONS:
            for ring in range(ring_ends[n], ring_ends[n + 1]):
                stop = at + rings[ring]
                faults[n, _ODD] += rings[ring] & 1
                for place in range(at, stop - 1, 2):
                    left, right = min(left, points[place]), max(right, points[place])
                    top, bottom = min(top, points[place + 1]), max(bottom, points[place + 1])
                if rings[ring] < LEAST:
                    faults[n, _SHORT] += 1
                else:
                    area = _polygon(points, at, stop)
                    sizes[n, _AREA] += area
                    faults[n, _FLAT] += not area >= _FLAT_BELOW  # NaN is none
                at = stop
            if left <= right:
                beyond = max(-left, -top, right - width[n], bottom - height[n])
                sizes[n, _OUTSIDE] = max(beyond, 0.0)
        elif shape[n] >= RUNS:
            rows, place = mask_height[n], 0
            is_one = False
            for run in range(count_ends[n], count_ends[n + 1]):
                length = min(max(counts[run], 0), _MOST)
                if is_one and length and rows > 0:
                    sizes[n, _AREA] += length
                    first, last = place, place + length - 1
                    left, right = min(left, first // rows), max(right, last // rows + 1)
                    if first // rows == last // rows:
                        top, bottom = min(top, first % rows), max(bottom, last % rows + 1)
                    else:
                        top, bottom = 0, rows
                place = min(place + length, _MOST)
                is_one = not is_one
            faults[n, _SUM] = place
        if not left <= right:
            left = top = right = bottom = np.nan
        sizes[n, _LEFT], sizes[n, _TOP] = left, top
        sizes[n, _RIGHT], sizes[n, _BOTTOM] = right, bottom
    return sizes, faults
