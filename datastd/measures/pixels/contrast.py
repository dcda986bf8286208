"""From the darkest to the brightest pixel."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.pixels import Floats
from datastd.model import Level


@measure("Q195", "image-contrast-outside", unit="element", level=Level.WARN)
def contrast(image: Numbers) -> Floats:
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
    # Not of the grey image: two colours may have one brightness.  Rows first, whose
    # numbers lie side by side, then the columns of each channel.
    images, height, width, channels = image.shape
    rows = image.reshape(images, height, width * channels)
    least: np.ufunc = np.minimum
    most: np.ufunc = np.maximum
    if image.dtype.kind == "f":
        rows = np.where(np.isfinite(rows), rows, np.nan)
        least, most = np.fmin, np.fmax
    low, high = (
        of.reduce(of.reduce(rows, axis=1).reshape(images, width, channels), axis=1)
        for of in (least, most)
    )
    return np.asarray((high.astype(np.float64) - low.astype(np.float64)).max(axis=1))
