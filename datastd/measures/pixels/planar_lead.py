"""Whether the bytes of an image look like planes one after the other, or like pixels."""

import math

import numpy as np

from datastd.measures import Numbers, kernel, measure
from datastd.measures.pixels import Counts, Floats
from datastd.model import Level


@measure("Q185", "image-planar-lead-outside", unit="element", level=Level.WARN)
def planar_lead(image: Numbers) -> Floats:
    """
    How much more elements three apart differ than neighbours, over an image's planes.

    The planes of each image one after the other are n elements v, as CIFAR stores them:
    all red, all green, all blue.  The lead is (n - 1) x sum |v[i+3] - v[i]| less
    (n - 3) x sum |v[i+1] - v[i]|: the difference of the two means, times both numbers of
    terms, so that of whole numbers it is whole and exact.  Above 0 for planes of a
    picture; below 0 where three elements in turn are one pixel.  Shape (N,), float64; NaN
    where an element is not finite, and for an image of fewer than four.

    Why it matters:
        Pixels read as planes are a pattern of stripes that still trains, badly.

    Remedy:
        Write ``images.transpose(0, 3, 1, 2)`` where planes are asked for.

    Source:
        datastd's own definition, for F116.
    """
    planes = np.ascontiguousarray(image.transpose(0, 3, 1, 2))
    size = math.prod(image.shape[1:])
    flat = planes.reshape(len(image), size)
    if size <= 3:  # noqa: PLR2004
        return np.full(len(image), np.nan)
    whole = image.dtype.kind in "ui" and image.dtype.itemsize <= 2  # noqa: PLR2004
    near, far = _whole_steps(flat) if whole else _steps(flat.astype(np.float64))
    with np.errstate(invalid="ignore"):  # of infinity
        lead: Floats = ((size - 1) * far - (size - 3) * near).astype(np.float64)
    return np.where(np.isfinite(flat).all(axis=1), lead, np.nan)


@kernel
def _whole_steps(flat: Numbers) -> tuple[Counts, Counts]:
    images, size = flat.shape
    near, far = np.zeros(images, np.int64), np.zeros(images, np.int64)
    for i in range(images):
        one, three = np.int64(0), np.int64(0)
        for j in range(size - 1):
            one += abs(np.int32(flat[i, j + 1]) - np.int32(flat[i, j]))
        for j in range(size - 3):
            three += abs(np.int32(flat[i, j + 3]) - np.int32(flat[i, j]))
        near[i], far[i] = one, three
    return near, far


@kernel
def _steps(flat: Floats) -> tuple[Floats, Floats]:
    images, size = flat.shape
    near, far = np.zeros(images), np.zeros(images)
    for i in range(images):
        for j in range(size - 1):
            near[i] += abs(flat[i, j + 1] - flat[i, j])
        for j in range(size - 3):
            far[i] += abs(flat[i, j + 3] - flat[i, j])
    return near, far
