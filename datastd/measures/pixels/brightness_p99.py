"""How bright the brightest pixels of an image are."""

from typing import Any

from numpy.typing import NDArray

from datastd.measures import measure
from datastd.measures.pixels import Floats, brightness_quantile
from datastd.model import Level


@measure("Q101", "image-dark", unit="share of white", level=Level.WARN)
def brightness_p99(brightness: NDArray[Any]) -> Floats:
    """
    99th percentile of the perceived brightness of the pixels of each image, from 0 to 1.

    Of a pixel it is sqrt(0.241 R² + 0.691 G² + 0.068 B²), here known to 0.001 or
    better above 0.25. Shape (N,), float64.

    Why it matters:
        In an image that is dark to its brightest pixel there is little to see, for a
        person as for a network.

    Remedy:
        Capture the sample again, brighten it if it is all there, or leave it out.

    Source:
        CleanVision image_property.py, whose threshold is 0.32 and whose value is exact.
    """
    return brightness_quantile(brightness, 0.99)
