"""How much of an image is an empty frame."""

from datastd.measures import measure
from datastd.measures.pixels import Floats, Frame, Pixels
from datastd.model import Level


@measure("Q193", "image-border-outside", unit="fraction of pixels", level=Level.WARN)
def border_fraction(gray: Pixels, frame: Frame) -> Floats:
    """
    Share of each image outside the smallest box with all pixels unlike the first.

    The border is every outer row and column whose pixels all equal the top left one; 1
    for a constant image, 0 where the content touches all sides. Shape (N,), float64.

    Why it matters:
        Content in a corner of a large frame is lost when the image is resized.

    Remedy:
        Crop the frame away, for all images alike.

    Source:
        datastd's own definition; letterboxing is Q110.
    """
    inside: Floats = frame.height * frame.width / (gray.shape[1] * gray.shape[2])
    return 1.0 - inside
