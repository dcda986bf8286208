"""From the darkest to the brightest pixel."""

import numpy as np

from datastd.measures import Numbers, kernel, measure
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
    # Not of the grey image: two colours may have one brightness.
    images, height, width, channels = image.shape
    rows = image.reshape(images, height, width * channels)
    if image.dtype.kind != "f" and image.size:
        low, high = _extremes(rows, channels)
    else:
        finite = np.where(np.isfinite(rows), rows, np.nan)
        low, high = (
            of.reduce(of.reduce(finite, axis=1).reshape(images, width, channels), axis=1)
            for of in (np.fmin, np.fmax)
        )
    return np.asarray((high.astype(np.float64) - low.astype(np.float64)).max(axis=1))


@kernel
def _extremes(rows: Numbers, channels: int) -> tuple[Numbers, Numbers]:
    """Least and greatest of each channel of each image: (N, H, W·C) to (N, C) each."""
    images, height, width = rows.shape
    low, high = np.zeros((images, channels), rows.dtype), np.zeros((images, channels), rows.dtype)
    for i in range(images):
        # Numbers that lie side by side first, so that the compiler does many at once.
        least, most = rows[i, 0].copy(), rows[i, 0].copy()
        for y in range(1, height):
            line = rows[i, y]
            for x in range(width):
                least[x] = min(least[x], line[x])
                most[x] = max(most[x], line[x])
        low[i], high[i] = least[:channels], most[:channels]
        for x in range(width):
            low[i, x % channels] = min(low[i, x % channels], least[x])
            high[i, x % channels] = max(high[i, x % channels], most[x])
    return low, high
