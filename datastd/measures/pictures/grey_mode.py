"""Whether a picture is stored as grey."""

import numpy as np

from datastd.measures import measure
from datastd.measures.pictures import Column, Flags
from datastd.model import Level


@measure("Q106", "image-grayscale-mode", unit="0 or 1", level=Level.WARN)
def grey_mode(stored_mode: Column) -> Flags:
    """
    Whether each picture is stored as grey: Pillow's mode is ``L``.

    Shape (N,), int64, 1 where it is.

    Why it matters:
        Among colour photos it is an exception that a loader repeats over three channels;
        where grey and a class go together, a network learns the one for the other.

    Remedy:
        Look at the samples named, and state how many are meant to be there.

    Source:
        CleanVision get_image_mode, whose whole test it is.
    """
    return np.array([one == "L" for one in stored_mode], np.int64)
