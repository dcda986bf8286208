"""The darkest pixel of an image."""

from datastd.measures import measure
from datastd.measures.pixels import Floats, Moments
from datastd.model import Level


@measure("Q197", "image-minimum-outside", unit="element", level=Level.WARN)
def minimum(moments: Moments) -> Floats:
    """
    Smallest finite pixel of each image, in units of the element type.

    Shape (N,), float64; NaN where no pixel is finite.

    Why it matters:
        A background that is not the darkest value means another scale or an inverted
        image.

    Remedy:
        Bring all images to one scale before writing them.

    Source:
        datastd's own limits.
    """
    return moments.minimum
