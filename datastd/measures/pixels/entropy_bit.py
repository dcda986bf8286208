"""How much the grey levels of an image say."""

import functools

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
        rows = flat(gray)
        whole = rows.shape[1] // 8 * 8
        words = rows[:, :whole].view(np.uint64)  # eight pixels in one look
        return _of_bytes(words, rows[:, whole:], _weighted(min(_TABLE, rows.shape[1])))
    return np.array([_of(np.unique(one, return_counts=True)[1]) for one in gray], np.float64)


def _of(counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    """Entropy of one histogram, in bits."""
    p = counts / counts.sum()
    return float(-(p * np.log2(p)).sum()) + 0.0  # + 0.0 turns -0.0 into 0.0


@functools.cache
def _weighted(most: int) -> Floats:
    """
    What c log2 c is for every count up to *most* that a level of a small image can have.

    So there is no logarithm in the loop.  Of a large image, there are more counts than levels.
    """
    counts = np.arange(1, most + 1)
    return np.concatenate([[0.0], counts * np.log2(counts)])


@kernel
def _of_bytes(words: Pixels, rest: Pixels, weighted: Floats) -> Floats:
    images, known = len(words), len(weighted)
    size = 8 * words.shape[1] + rest.shape[1]
    entropy = np.zeros(images)
    for i in range(images):
        eight = np.zeros(8 * 256, np.uint32)  # equal neighbours would wait for each other
        for word in words[i]:
            for k in range(8):
                level = (word >> np.uint64(8 * k)) & np.uint64(255)
                eight[np.uint64(256 * k) + level] += np.uint32(1)
        for level in rest[i]:
            eight[level] += np.uint32(1)
        counts = eight.reshape(8, 256).sum(axis=0)
        total = 0.0
        for level in range(256):
            count = counts[level]
            total += weighted[count] if count < known else count * np.log2(count)
        whole = weighted[size] if size < known else size * np.log2(size)
        entropy[i] = max(0.0, (whole - total) / size)
    return entropy
