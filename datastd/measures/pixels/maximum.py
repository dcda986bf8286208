"""The brightest pixel of an image."""

from datastd.measures import measure
from datastd.measures.pixels import Floats, Moments
from datastd.model import Level


@measure("Q196", "image-maximum-outside", unit="element", level=Level.WARN)
def maximum(moments: Moments) -> Floats:
    """
    Greatest finite pixel of each image, in units of the element type.

    Shape (N,), float64; NaN where no pixel is finite.

    Why it matters:
        Images scaled to 0…1 among images scaled to 0…255 look black to the model.

    Remedy:
        Bring all images to one scale before writing them.

    Source:
        datastd's own limits.
    """
    return moments.maximum
