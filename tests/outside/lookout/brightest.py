"""A plain measure, which uses an intermediate of datastd's own."""

import numpy as np

from datastd import measure
from datastd.measures.pixels import Moments, gray, moments  # noqa: F401  -- found by name


@measure("Q990", "brightest-outside", unit="fraction of pixels")
def brightest(image: np.ndarray, moments: Moments) -> np.ndarray:  # noqa: F811
    """
    Share of pixels at the maximum of the image.

    Why it matters:
        Overexposed images have lost their lights.

    Remedy:
        Capture again.

    Source:
        This package.
    """
    return (image[..., 0] == moments.maximum[:, None, None]).mean(axis=(1, 2))
