"""Whether an image shows more than a few grey levels."""

import math

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.pixels import Floats, Pixels
from datastd.measures.pixels.entropy_bit import entropy_bit
from datastd.model import Level


@measure("Q104", "image-low-information", unit="tenth of a bit", level=Level.WARN)
def information(gray: Pixels, image: Numbers) -> Floats:
    """
    A tenth of the entropy of the levels of each image in bits, at most 1.

    It is that of the grey image; of a colour image, log2(3) more, 1.585 bits, as if each
    of three channels had these levels.  CleanVision counts the levels of the three
    channels one after the other, which comes to nearly the same and takes three times as
    long.  Shape (N,), float64.

    Why it matters:
        A blank wall, a placeholder or a failed capture has few grey levels, and a label
        all the same.

    Remedy:
        Look at the samples named, and leave out those that show nothing.

    Source:
        CleanVision, threshold 0.3; cleanlab Datalab, 0.15.
    """
    entropy: Floats = np.asarray(entropy_bit.function(gray))
    colour = math.log2(3) if image.shape[3] > 2 else 0.0  # noqa: PLR2004
    return np.minimum(0.1 * (entropy + colour), 1.0)
