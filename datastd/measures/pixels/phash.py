"""A hash that hardly changes with the picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.measures import Numbers, kernel, measure
from datastd.measures.pixels import Floats, Pixels
from datastd.measures.pixels.likeness import packed, sketches
from datastd.measures.pixels.thumbnail import stacks, thumbnail
from datastd.model import Level

SIDE, LOW = 32, 8  # of the thumbnail; of the corner of its transform that is kept
LEVELS = 4095

COSINES = np.rint(16_384 * np.cos(np.pi / SIDE * np.outer(np.arange(SIDE) + 0.5, np.arange(LOW))))
"""
Of the transform, times 2^14, shape (SIDE, LOW).

Whole numbers, as are the levels: every sum stays below 2^53, so that it is exact in any
order, and every machine finds one hash.
"""


@measure("L195", "image-hash", unit="64-bit hash", level=Level.WARN, version=2)
def phash(gray: Pixels, image: Numbers) -> dict[str, NDArray[Any]]:
    """
    Perceptual hash of each image, that of its mirror image, and a sketch: a table of its own.

    The grey image is averaged over the cells of a grid of 32 by 32 (`thumbnail`: exact,
    without a filter), stretched to whole numbers from 0 to 4,095, and transformed (2-D
    DCT-II, unnormalised, with cosines of 14 bits). Of the 8 by 8 lowest frequencies each
    gives a bit: whether it is above the median of them. The first, the mean, is the
    highest bit, as in the hexadecimal form of imagehash. Mirroring changes the sign of
    every odd column of the transform, so that both hashes come from one.

    Columns ``row``, ``hash`` and ``mirrored``, uint64, and ``sketch``, the bytes of
    `likeness.sketches`, for the second look at those whose hashes are near. An image whose
    thumbnail is of one level, or with a value that is not finite, has no hash and no row:
    all of them would be alike.

    Why it matters:
        Copies that were compressed, resized or brightened again differ in every byte and
        in few bits of this.

    Remedy:
        None: it is compared, and not judged.

    Source:
        imagehash.phash, of which the Lanczos filter is left out.
    """
    known = hashed(gray)
    has = image if len(known["row"]) == len(image) else image[known["row"]]
    drawn = packed(sketches(has))
    return {**known, "sketch": drawn}


def hashed(gray: Pixels | Sequence[Pixels]) -> dict[str, NDArray[Any]]:
    """The columns ``row``, ``hash`` and ``mirrored`` of `phash`."""
    found = [_hashes(stack, COSINES, zero) for stack, zero in stacks(gray)]
    known, there, back = (
        np.concatenate([one[n] for one in found] or [np.zeros(0, np.uint64)]) for n in range(3)
    )
    rows = np.flatnonzero(known)
    return {"row": rows, "hash": there[rows], "mirrored": back[rows]}


@register_jitable
def _above_the_median(values: Floats) -> np.uint64:
    ordered = np.sort(values)
    middle = ordered[len(values) // 2 - 1] + ordered[len(values) // 2]
    bits = np.uint64(0)
    for value in values:
        bits = (bits << np.uint64(1)) | np.uint64(2 * value > middle)
    return bits


@kernel
def _hashes(
    images: Pixels, cosines: Floats, zero: Numbers
) -> tuple[Floats, NDArray[np.uint64], NDArray[np.uint64]]:
    known, there = np.zeros(len(images)), np.zeros(len(images), np.uint64)
    back = np.zeros(len(images), np.uint64)
    half, full = np.empty((SIDE, LOW)), np.empty(LOW * LOW)
    for n in range(len(images)):
        cells = thumbnail(images[n], SIDE, zero)
        low, high = cells.min(), cells.max()
        if not (np.isfinite(high - low) and high > low):
            continue
        known[n] = 1
        half[:] = 0.0
        full[:] = 0.0
        for y in range(SIDE):
            for x in range(SIDE):
                level = np.floor((cells[y, x] - low) / (high - low) * LEVELS + 0.5)
                for v in range(LOW):
                    half[y, v] += level * cosines[x, v]
        for u in range(LOW):
            for y in range(SIDE):
                for v in range(LOW):
                    full[u * LOW + v] += half[y, v] * cosines[y, u]
        there[n] = _above_the_median(full)
        full[1::2] = -full[1::2]
        back[n] = _above_the_median(full)
    return known, there, back
