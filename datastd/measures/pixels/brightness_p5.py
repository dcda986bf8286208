"""How bright the darkest pixels of an image are."""

from typing import Any

from numpy.typing import NDArray

from datastd.measures import measure
from datastd.measures.pixels import Floats, brightness_quantile
from datastd.model import Level


@measure("Q102", "image-light", unit="share of white", level=Level.WARN)
def brightness_p5(brightness: NDArray[Any]) -> Floats:
    """
    5th percentile of the perceived brightness of the pixels of each image, from 0 to 1.

    Of a pixel it is sqrt(0.241 R² + 0.691 G² + 0.068 B²), here known to 0.001 or
    better above 0.25. Shape (N,), float64.

    Why it matters:
        An image that is bright to its darkest pixel was overexposed, or is blank paper.

    Remedy:
        Capture the sample again, or leave it out.

    Source:
        CleanVision image_property.py, whose score is 1 less this, and whose threshold 0.05.
    """
    return brightness_quantile(brightness, 0.05)
