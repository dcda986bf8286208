"""How far boxes reach beyond their pictures, as the file states their sizes."""

from datastd.measures import measure
from datastd.measures.boxes import Floats
from datastd.measures.boxes.in_words import beyond_px_said


@measure("F214", "coco-bbox-out-of-image", unit="px", over="annotations", words=beyond_px_said)
def beyond_px(overhang_px: Floats) -> Floats:
    """
    How far each box reaches beyond its picture, of the size that the file states.

    Shape (A,), float64, from 0; no number where no size is stated. The right edge of a picture
    of W pixels is at W.

    Why it matters:
        A crop of the box fails, or wraps around; a box of one picture that stands beside
        another is a label of nothing.

    Remedy:
        Clip the box, or find the picture that it is of.

    Source:
        COCO's data format, whose boxes are measured from the top left corner, from 0.
    """
    return overhang_px
