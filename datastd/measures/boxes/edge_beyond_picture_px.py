"""Whether boxes reach a little beyond their pictures, as these are decoded."""

from datastd.measures import measure
from datastd.measures.boxes import Box, Floats, Room, overhang_px, up_to_one
from datastd.measures.boxes.in_words import edge_beyond_picture_px_said
from datastd.model import Level


@measure(
    "F297",
    "coco-bbox-edge-out-of-image",
    unit="px",
    level=Level.WARN,
    over="annotations",
    words=edge_beyond_picture_px_said,
)
def edge_beyond_picture_px(box: Box, decoded_room: Room) -> Floats:
    """
    How far each box reaches beyond its decoded picture, where that is no more than 1 px; else 0.

    Shape (A,), float64. More is F214's.

    Why it matters:
        What is rounded, or counted from 1, is off everywhere by as much.

    Remedy:
        Clip the box.

    Source:
        datastd's own definition: a lesser step of F214.
    """
    return up_to_one(overhang_px(box, decoded_room))
