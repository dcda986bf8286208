"""From the darkest to the brightest pixel."""

import math

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.pixels import Floats, Moments
from datastd.model import Level


@measure("Q195", "image-contrast-outside", unit="element", level=Level.WARN)
def contrast(image: Numbers, moments: Moments) -> Floats:
    """
    Greatest minus smallest finite pixel of each image, in units of the element type.

    Peak to peak; of several channels, in the one where it is greatest. 0 for a constant
    image. Shape (N,), float64; NaN where no pixel is finite.

    Why it matters:
        Faint images train a network on the noise of the scanner.

    Remedy:
        Capture or rescale the samples named.

    Source:
        Peak-to-peak amplitude; datastd's own limits.
    """
    if image.shape[3] == 1:
        return moments.maximum - moments.minimum
    # Not of the grey image: two colours may have one brightness.
    shape = len(image), math.prod(image.shape[1:3]), image.shape[3]
    pixels = image.reshape(shape).astype(np.float64)
    pixels[~np.isfinite(pixels)] = np.nan
    spread = np.fmax.reduce(pixels, axis=1) - np.fmin.reduce(pixels, axis=1)
    return np.asarray(np.fmax.reduce(spread, axis=1))
