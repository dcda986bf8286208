"""Where the weight of an image lies, from the left."""

from datastd.measures import measure
from datastd.measures.pixels import Centroid, Floats
from datastd.model import Level


@measure("Q190", "image-centre-column-outside", unit="px", level=Level.WARN)
def centre_column_px(centroid: Centroid) -> Floats:
    """
    Column of the centre of mass of each image, in pixels right of the first column.

    Pixels weigh their value above the minimum; a constant image has its centre in the
    middle. Shape (N,), float64; NaN where a pixel is NaN.

    Why it matters:
        MNIST centres each digit by its mass; an image that is shifted was prepared in
        another way.

    Remedy:
        Centre all images in the same way.

    Source:
        LeCun, Cortes & Burges, "The MNIST database": images were centred by the centre
        of mass of the pixels.
    """
    return centroid.column
