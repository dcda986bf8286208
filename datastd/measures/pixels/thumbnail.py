"""Pictures made small: the exact average of each cell of a grid laid over them."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.measures import Numbers, kernel

Plane: TypeAlias = NDArray[Any]  # (H, W)
Cells: TypeAlias = NDArray[np.float64]  # (side, side)
Floats: TypeAlias = NDArray[np.float64]

_TALL = 1 << 23  # px: so many rows of bytes have a sum below 2^31


def stacks(images: Numbers | Sequence[Numbers]) -> Iterator[tuple[Numbers, Numbers]]:
    """
    Each run of images of one size as an array, and a zero of the type to sum it in.

    A batch that is a list comes one by one. Whole numbers of up to 32 bits are summed
    as int64, exactly; all others as float64.
    """
    for stack in [images] if isinstance(images, np.ndarray) else [one[None] for one in images]:
        if stack.dtype.kind in "ui" and stack.dtype.itemsize <= 4:  # noqa: PLR2004
            yield np.ascontiguousarray(stack), np.zeros(1, np.int64)
        else:
            yield np.ascontiguousarray(stack, np.float64), np.zeros(1, np.float64)


@register_jitable
def thumbnail(plane: Plane, side: int, zero: Numbers) -> Cells:
    """
    Average of *plane* over each cell of a grid of *side* by *side*, float64.

    Cells have equal size, whatever the sides of the picture: a pixel that a border cuts
    weighs with the share of it that lies inside, and a picture smaller than the grid has
    pixels in several cells. Sums of whole numbers are exact, so that a mirrored picture
    has the mirrored thumbnail, to the bit. For kernels: *zero* is of the type to sum in.
    """
    # Lengths are in shares of a pixel: a pixel has `side` of them, and a cell as many as
    # the picture has pixels.  Every overlap of the two is a whole number.
    height, width = plane.shape
    cells, row = np.empty((side, side)), np.empty(width, zero.dtype)
    for i in range(side):
        row[:] = zero[0]
        for y in range(i * height // side, ((i + 1) * height - 1) // side + 1):
            share = min((i + 1) * height, (y + 1) * side) - max(i * height, y * side)
            line = plane[y]
            for x in range(width):
                row[x] += share * (zero[0] + line[x])  # of the wide type, not of the pixel's
        for j in range(side):
            total = zero[0]
            for x in range(j * width // side, ((j + 1) * width - 1) // side + 1):
                share = min((j + 1) * width, (x + 1) * side) - max(j * width, x * side)
                total += share * row[x]
            cells[i, j] = total / (height * width)
    return cells


def averages(images: Numbers, side: int, zero: Numbers) -> Floats:
    """Each channel of each image as a `thumbnail`: (N, H, W, C) to (N, C, side, side)."""
    _, height, width, channels = images.shape
    if images.dtype == np.uint8 and height < _TALL:
        return _of_bytes(images.reshape(len(images), height, width * channels), channels, side)
    return _of_numbers(images, side, zero)


@kernel
def _of_numbers(images: Numbers, side: int, zero: Numbers) -> Floats:
    images_, channels = len(images), images.shape[3]
    found = np.empty((images_, channels, side, side))
    for n in range(images_):
        for c in range(channels):
            found[n, c] = thumbnail(images[n, :, :, c], side, zero)
    return found


@kernel
def _of_bytes(rows: Numbers, channels: int, side: int) -> Floats:
    # As `thumbnail`, all channels of a line at once: whole numbers that fit 32 bits.
    images, height, numbers = rows.shape
    width = numbers // channels
    found = np.empty((images, channels, side, side))
    row = np.empty(numbers, np.uint32)
    for n in range(images):
        for i in range(side):
            row[:] = 0
            for y in range(i * height // side, ((i + 1) * height - 1) // side + 1):
                share = np.uint32(min((i + 1) * height, (y + 1) * side) - max(i * height, y * side))
                line = rows[n, y]
                for x in range(numbers):
                    row[x] += np.uint32(share * np.uint32(line[x]))
            for j in range(side):
                for c in range(channels):
                    total = np.int64(0)
                    for x in range(j * width // side, ((j + 1) * width - 1) // side + 1):
                        part = min((j + 1) * width, (x + 1) * side) - max(j * width, x * side)
                        total += part * np.int64(row[x * channels + c])
                    found[n, c, i, j] = total / (height * width)
    return found
