"""The shorter side of an image."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.pixels import Counts
from datastd.model import Level


@measure("F141", "image-too-small", unit="px", level=Level.WARN)
def shortest_side_px(image: Numbers) -> Counts:
    """
    The shorter side of each image in pixels.

    Shape (N,), int64.

    Why it matters:
        An icon or a tracking pixel scaled up to a network's input is a blur with a label.

    Remedy:
        Fetch the original, or leave the sample out.

    Source:
        datastd's own limit of 32; data-juicer image_shape_filter.
    """
    return np.full(len(image), min(image.shape[1:3]))
