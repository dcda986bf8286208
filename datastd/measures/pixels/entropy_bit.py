"""How much the grey levels of an image say."""

import numpy as np
from numpy.typing import NDArray

from datastd.measures import measure
from datastd.measures.pixels import Floats, Pixels
from datastd.model import Level


@measure("Q194", "image-entropy-outside", unit="bit", level=Level.WARN)
def entropy_bit(gray: Pixels, histogram: NDArray[np.int64] | None) -> Floats:
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
    if histogram is None:
        return np.array([_of(np.unique(one, return_counts=True)[1]) for one in gray])
    return _of(histogram)


def _of(counts: NDArray[np.int64]) -> Floats:
    """Entropy along the last axis, in bits."""
    p = counts / np.maximum(1, counts.sum(axis=-1, keepdims=True))
    bits = p * -np.log2(p, where=p > 0, out=np.zeros_like(p))
    return np.asarray(bits.sum(axis=-1)) + 0.0  # + 0.0 turns -0.0 into 0.0
