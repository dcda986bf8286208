"""From the darkest to the brightest pixel."""

from datastd.measures import measure
from datastd.measures.pixels import Floats, Moments
from datastd.model import Level


@measure("Q195", "image-contrast-outside", unit="element", level=Level.WARN)
def contrast(moments: Moments) -> Floats:
    """
    Greatest minus smallest finite pixel of each image, in units of the element type.

    Peak to peak; 0 for a constant image. Shape (N,), float64; NaN where no pixel is
    finite.

    Why it matters:
        Faint images train a network on the noise of the scanner.

    Remedy:
        Capture or rescale the samples named.

    Source:
        Peak-to-peak amplitude; datastd's own limits.
    """
    return moments.maximum - moments.minimum
