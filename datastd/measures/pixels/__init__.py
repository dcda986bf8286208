"""
Instruments for raster images, and the intermediates that they share.

An image batch has shape (N, H, W, C) in any element type.  Each intermediate is
one pass over a batch that fits a core's cache.
"""

import math
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.measures import Numbers, kernel

Pixels: TypeAlias = NDArray[Any]  # (N, H, W)
Floats: TypeAlias = NDArray[np.float64]  # (N,)
Counts: TypeAlias = NDArray[np.int64]  # (N,)

_WEIGHABLE = 1 << 46  # times 16-bit weights it still fits in 64 bits


class Moments(NamedTuple):
    """
    Sums over the finite pixels of each image; shape (N,) each.

    Attributes:
        minimum: Smallest value; NaN where no pixel is finite.
        maximum: Greatest value, likewise.
        total: Sum of the values.
        squares: Sum of the squared distances from the mean.
        finite: Number of pixels that are neither NaN nor infinite.
    """

    minimum: Floats
    maximum: Floats
    total: Floats
    squares: Floats
    finite: Counts


class Frame(NamedTuple):
    """Rows and columns left once the constant border is cut away; shape (N,) each."""

    height: Counts
    width: Counts


class Centroid(NamedTuple):
    """Centre of mass of value above the minimum, in pixels from the first."""

    row: Floats
    column: Floats


def gray(image: Numbers) -> Pixels:
    """
    One channel of each image, shape (N, H, W), in the element type given.

    Of three or four channels, ITU-R 601 luma, of whole numbers with Pillow's 16-bit
    weights; an alpha channel, the second or the fourth, is left aside.
    """
    if image.shape[3] <= 2:  # noqa: PLR2004
        return image[..., 0]
    colours = np.ascontiguousarray(image).reshape(-1, image.shape[3])
    if image.dtype.kind == "f":
        luma = _luma(colours)
    elif image.dtype.itemsize < 8 or _is_weighable(colours):  # noqa: PLR2004
        luma = _luma_of_whole(colours)
    else:
        luma = np.rint(_luma(colours.astype(np.float64))).astype(image.dtype)
    return luma.reshape(image.shape[:3])


def _is_weighable(colours: Numbers) -> bool:
    """Say whether 16-bit weights leave room; not by magnitude, for that of -2^63 is negative."""
    lowest, highest = int(colours.min(initial=0)), int(colours.max(initial=0))
    return lowest > -_WEIGHABLE and highest < _WEIGHABLE


def flat(pixels: Pixels) -> Pixels:
    """The pixels of each image in one row: shape (N, H·W), contiguous."""
    return np.ascontiguousarray(pixels).reshape(len(pixels), math.prod(pixels.shape[1:]))


def moments(gray: Pixels) -> Moments:
    """Extremes and sums of each image."""
    return Moments(*_moments(flat(gray)))


def frame(gray: Pixels) -> Frame:
    """What is left of each image without its constant border."""
    return Frame(*_frame(np.ascontiguousarray(gray)))


def centroid(gray: Pixels, moments: Moments) -> Centroid:
    """Centre of mass of each image; of a constant one, its middle."""
    return Centroid(*_centroid(np.ascontiguousarray(gray), moments.minimum))


@kernel
def _luma(colours: Numbers) -> Numbers:
    luma = np.empty(len(colours), colours.dtype)
    for i in range(len(colours)):
        luma[i] = 0.299 * colours[i, 0] + 0.587 * colours[i, 1] + 0.114 * colours[i, 2]
    return luma


@kernel
def _luma_of_whole(colours: Numbers) -> Numbers:
    luma = np.empty(len(colours), colours.dtype)
    for i in range(len(colours)):
        red, green = np.int64(colours[i, 0]), np.int64(colours[i, 1])
        blue = np.int64(colours[i, 2])
        luma[i] = (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16
    return luma


@kernel
def _moments(pixels: Pixels) -> tuple[Floats, Floats, Floats, Floats, Counts]:
    images, size = pixels.shape
    minimum, maximum = np.full(images, np.nan), np.full(images, np.nan)
    total, squares = np.zeros(images), np.zeros(images)
    finite = np.zeros(images, np.int64)
    for i in range(images):
        low, high, sums, count = np.inf, -np.inf, 0.0, 0
        for j in range(size):
            value = np.float64(pixels[i, j])
            if np.isfinite(value):
                low, high = min(low, value), max(high, value)
                sums += value
                count += 1
        mean = sums / count if count else 0.0
        for j in range(size):
            value = np.float64(pixels[i, j])
            if np.isfinite(value):
                squares[i] += (value - mean) * (value - mean)
        if count:
            minimum[i], maximum[i] = low, high
        total[i], finite[i] = sums, count
    return minimum, maximum, total, squares, finite


@kernel
def _frame(pixels: Pixels) -> tuple[Counts, Counts]:
    images, height, width = pixels.shape
    heights, widths = np.zeros(images, np.int64), np.zeros(images, np.int64)
    for i in range(images):
        border = pixels[i, 0, 0]
        top, bottom, left, right = height, -1, width, -1
        for y in range(height):
            for x in range(width):
                if pixels[i, y, x] != border:
                    top, bottom = min(top, y), max(bottom, y)
                    left, right = min(left, x), max(right, x)
        heights[i], widths[i] = max(0, bottom - top + 1), max(0, right - left + 1)
    return heights, widths


@kernel
def _centroid(pixels: Pixels, minimum: Floats) -> tuple[Floats, Floats]:
    images, height, width = pixels.shape
    rows, columns = np.zeros(images), np.zeros(images)
    for i in range(images):
        mass, down, right = 0.0, 0.0, 0.0
        for y in range(height):
            for x in range(width):
                weight = np.float64(pixels[i, y, x]) - minimum[i]
                mass += weight
                down += weight * y
                right += weight * x
        if mass == 0.0:
            rows[i], columns[i] = (height - 1) / 2, (width - 1) / 2
        else:
            rows[i], columns[i] = down / mass, right / mass
    return rows, columns
