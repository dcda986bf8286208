"""Whether a file holds more than one picture."""

from datastd.measures import measure
from datastd.measures.pictures import Column, Flags, flags
from datastd.model import Level


@measure("F136", "image-multi-frame", unit="0 or 1", level=Level.WARN)
def more_frames(animated: Column) -> Flags:
    """
    Whether each picture has more frames than the first: an animation, or pages.

    Shape (N,), int64, 1 where it has.  The first frame is what was measured.

    Why it matters:
        One loader takes the first frame, another all of them, a third the last.

    Remedy:
        Write the frame that the label is about as a picture of its own.

    Source:
        datastd's own definition.
    """
    return flags(animated)
