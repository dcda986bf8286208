"""How much the grey levels of an image say."""

import numpy as np

from datastd.measures import kernel, measure
from datastd.measures.pixels import Floats, Pixels, flat
from datastd.model import Level

_TABLE = 4096  # counts


@measure("Q194", "image-entropy-outside", unit="bit", level=Level.WARN)
def entropy_bit(gray: Pixels) -> Floats:
    """
    Shannon entropy of the grey-level histogram of each image, in bits per pixel.

    From 0 (one grey level) to log2(min(levels, H·W)). Levels are the distinct values of
    the pixels, so that any element type has a histogram; a NaN is a level of its own.
    Shape (N,), float64.

    Why it matters:
        Blank and corrupt images have few levels, noise has all of them.

    Remedy:
        Look at the samples named.

    Source:
        Shannon 1948, "A Mathematical Theory of Communication", section 6.
    """
    if gray.dtype == np.uint8:
        # c log2 c for every count that a level of a small image can have: no logarithm
        # in the loop.  Of a large one, there are more counts than levels.
        counts = np.arange(1, min(_TABLE, gray.shape[1] * gray.shape[2]) + 1)
        return _of_bytes(flat(gray), np.concatenate([[0.0], counts * np.log2(counts)]))
    return np.array([_of(np.unique(one, return_counts=True)[1]) for one in gray], np.float64)


def _of(counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    """Entropy of one histogram, in bits."""
    p = counts / counts.sum()
    return float(-(p * np.log2(p)).sum()) + 0.0  # + 0.0 turns -0.0 into 0.0


@kernel
def _of_bytes(pixels: Pixels, weighted: Floats) -> Floats:
    images, size = pixels.shape
    entropy, known = np.zeros(images), len(weighted)
    for i in range(images):
        two = np.zeros((2, 256), np.int64)  # equal neighbours would wait for each other
        for j in range(0, size - 1, 2):
            two[0, pixels[i, j]] += 1
            two[1, pixels[i, j + 1]] += 1
        if size % 2:
            two[0, pixels[i, size - 1]] += 1
        counts = two[0] + two[1]
        total = 0.0
        for level in range(256):
            count = counts[level]
            total += weighted[count] if count < known else count * np.log2(count)
        whole = weighted[size] if size < known else size * np.log2(size)
        entropy[i] = max(0.0, (whole - total) / size)
    return entropy
