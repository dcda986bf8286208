"""How far boxes reach beyond their pictures, as these are decoded."""

from datastd.measures import measure
from datastd.measures.boxes import Box, Floats, Room, overhang_px
from datastd.measures.boxes.in_words import beyond_picture_px_said


@measure(
    "F214", "coco-bbox-out-of-image", unit="px", over="annotations", words=beyond_picture_px_said
)
def beyond_picture_px(box: Box, decoded_room: Room) -> Floats:
    """
    How far each box reaches beyond its decoded picture.

    Shape (A,), float64, from 0. As `beyond_px`, for files that state no sizes.

    Why it matters:
        A crop of the box fails, or wraps around.

    Remedy:
        Clip the box, or find the picture that it is of.

    Source:
        COCO's data format, whose boxes are measured from the top left corner, from 0.
    """
    return overhang_px(box, decoded_room)
