"""
Instruments for raster images, and the intermediates that they share.

An image batch has shape (N, H, W, C) in any element type; pictures of different sizes
come as batches of one.  Each intermediate is one pass over a batch that fits a core's
cache.
"""

import math
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.measures import Numbers, helper, kernel

Pixels: TypeAlias = NDArray[Any]  # (N, H, W)
Floats: TypeAlias = NDArray[np.float64]  # (N,)
Counts: TypeAlias = NDArray[np.int64]  # (N,)

_STEPS = 1985  # of brightness squared
_ROOM = 2048  # for their counts
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
    if image.dtype == np.uint8:
        numbers = np.ascontiguousarray(image).ravel()
        return _luma_of_bytes(numbers, image.shape[3]).reshape(image.shape[:3])
    colours = np.ascontiguousarray(image).reshape(-1, image.shape[3])
    if image.dtype.kind == "f":
        luma = _luma(colours)
    elif image.dtype.itemsize < 8 or _is_weighable(colours):  # noqa: PLR2004
        luma = _luma_of_whole(colours)
    else:
        luma = np.rint(_luma(colours.astype(np.float64))).astype(image.dtype)
    return luma.reshape(image.shape[:3])


def tones(image: Numbers) -> Numbers:
    """
    The pixels as bytes, shape (N, H, W, C): grey or colour levels from 0 to 255, alpha left aside.

    Numbers of 16 bits are scaled from their whole range, wider ones and fractions from
    that of the image; what is not finite becomes 0.
    """
    colours = image[..., : 3 if image.shape[3] > 2 else 1]  # noqa: PLR2004
    if image.dtype == np.uint8:
        return np.ascontiguousarray(colours)
    if image.dtype == np.uint16:
        return (colours >> 8).astype(np.uint8)
    values = np.nan_to_num(colours.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    top = values.max(axis=(1, 2, 3), keepdims=True, initial=1.0)
    return np.asarray(np.clip(values / top, 0.0, 1.0) * 255.0).astype(np.uint8)


def brightness(tones: Numbers) -> NDArray[np.int64]:
    """
    How many pixels of each image are how bright; shape (N, 1985).

    The perceived brightness of a pixel is sqrt(0.241 R² + 0.691 G² + 0.068 B²) / 255;
    counted is the whole part of 1984.4 times its square.
    """
    images, channels = len(tones), tones.shape[3]
    pixels = tones.reshape(images, math.prod(tones.shape[1:]))
    if channels == 1:
        return _brightness_of_grey(pixels)
    return _brightness(pixels)


def brightness_quantile(brightness: NDArray[Any], q: float) -> Floats:
    """
    The *q*-quantile of the brightness of the pixels of each image, from 0 to 1; shape (N,).

    Between two pixels it lies as far as the rank does, as in numpy's ``linear``.
    """
    return _quantile(brightness, q)


@kernel
def _quantile(counts: NDArray[np.int64], q: float) -> Floats:
    images = len(counts)
    found = np.empty(images)
    for i in range(images):
        rank = q * (counts[i].sum() - 1)
        below, upto = 0, counts[i, 0]
        while upto <= np.floor(rank):
            below += 1
            upto += counts[i, below]
        above = below
        while upto <= np.ceil(rank):
            above += 1
            upto += counts[i, above]
        low, high = _bright(below), _bright(above)
        found[i] = low + (high - low) * (rank - np.floor(rank))
    return found


@helper
def _bright(step: int) -> float:
    """Brightness of the middle of a step of `brightness`."""
    if step == 0:
        return 0.0
    return float(min(np.sqrt((step + 0.5) * ((1 << 15) / 1000.0)) / 255.0, 1.0))


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
def _luma_of_bytes(numbers: Numbers, channels: int) -> Numbers:
    # Flat, and without signs: so the compiler does many at once.
    size = len(numbers) // channels
    luma = np.empty(size, np.uint8)
    if channels == 3:  # noqa: PLR2004  -- a stride that the compiler knows
        for i in range(size):
            luma[i] = _weighted(numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2])
    else:
        for i in range(size):
            at = i * channels
            luma[i] = _weighted(numbers[at], numbers[at + 1], numbers[at + 2])
    return luma


@helper
def _weighted(red: Any, green: Any, blue: Any) -> Any:  # noqa: ANN401  -- bytes
    weighted = np.uint32(19595) * np.uint32(red) + np.uint32(38470) * np.uint32(green)
    weighted += np.uint32(7471) * np.uint32(blue) + np.uint32(0x8000)
    return np.uint8(weighted >> np.uint32(16))


@kernel
def _brightness(pixels: Numbers) -> NDArray[np.int64]:
    images, size = len(pixels), pixels.shape[1] // 3
    counts = np.zeros((images, _STEPS), np.int64)
    steps = np.zeros((size + 3) // 4 * 4, np.uint16)
    words = steps.view(np.uint64)
    for i in range(images):
        one = pixels[i]
        for j in range(size):
            red, green = np.uint32(one[3 * j]), np.uint32(one[3 * j + 1])
            blue = np.uint32(one[3 * j + 2])
            square = np.uint32(241) * red * red + np.uint32(691) * green * green
            steps[j] = np.uint16((square + np.uint32(68) * blue * blue) >> np.uint32(15))
        four = np.zeros(4 * _ROOM, np.uint32)  # in turn: equal neighbours would wait
        for word in words:
            for k in range(4):
                step = (word >> np.uint64(16 * k)) & np.uint64(_ROOM - 1)
                four[np.uint64(_ROOM * k) + step] += np.uint32(1)
        for k in range(_STEPS):
            counts[i, k] = four[k] + four[_ROOM + k] + four[2 * _ROOM + k] + four[3 * _ROOM + k]
        counts[i, 0] -= len(steps) - size  # what fills the last word
    return counts


@kernel
def _brightness_of_grey(pixels: Numbers) -> NDArray[np.int64]:
    images, size = pixels.shape
    counts = np.zeros((images, _STEPS), np.int64)
    for i in range(images):
        for j in range(size):
            level = np.int64(pixels[i, j])
            counts[i, (1000 * level * level) >> 15] += 1
    return counts


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
