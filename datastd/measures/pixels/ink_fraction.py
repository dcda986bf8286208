"""How much of an image is drawn on."""

import numpy as np

from datastd.measures import kernel, measure
from datastd.measures.pixels import Floats, Moments, Pixels, flat
from datastd.model import Level


@measure("Q192", "image-ink-outside", unit="fraction of pixels", level=Level.WARN)
def ink_fraction(gray: Pixels, moments: Moments) -> Floats:
    """
    Share of pixels above the middle of the image's own smallest and greatest value.

    Relative to the image, so that any scale has ink; 0 for a constant image. Shape
    (N,), float64.

    Why it matters:
        A stray dot is no digit, and an inverted digit is mostly ink.

    Remedy:
        Look at the samples named; invert or leave them out.

    Source:
        datastd's own definition.
    """
    return _share(flat(gray), *moments[:2])


@kernel
def _share(pixels: Pixels, minimum: Floats, maximum: Floats) -> Floats:
    images, size = pixels.shape
    share = np.zeros(images)
    for i in range(images):
        middle, above = (minimum[i] + maximum[i]) / 2, 0
        for j in range(size):
            above += pixels[i, j] > middle
        share[i] = above / size
    return share
