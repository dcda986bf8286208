"""Whether a colour image shows only grey."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from datastd.measures import Numbers, kernel, measure
from datastd.model import Level

LOSSY = frozenset({"JPEG", "WEBP"})
_STEPS = 8  # by which lossy encoders make grey a little coloured


@measure("Q107", "image-grayscale-content", unit="0 or 1", level=Level.WARN)
def grey_content(image: Numbers, encoding: Any) -> NDArray[np.int64]:  # noqa: ANN401
    """
    Whether each image of three or more channels has no pixel of a colour.

    A pixel is grey whose channels differ by 0, or by up to 8 where the encoding is a
    lossy one.  An image of one channel is none of these: Q106 is about its mode.
    Shape (N,), int64, 1 for a colour image in grey.

    Why it matters:
        Among colour photos it is a scan or an X-ray that a converter gave two channels
        more, and a check of modes does not see it.

    Remedy:
        Look at the samples named; leave them out, or make the whole set grey.

    Source:
        datastd's own definition; CleanVision looks at the mode alone.
    """
    if image.shape[3] < 3:  # noqa: PLR2004
        return np.zeros(len(image), np.int64)
    most = np.array([_STEPS if one in LOSSY else 0 for one in encoding], np.int64)
    return _is_grey(image, most)


@kernel
def _is_grey(image: Numbers, most: NDArray[np.int64]) -> NDArray[np.int64]:
    images, height, width = image.shape[:3]
    grey = np.ones(images, np.int64)
    for i in range(images):
        for y in range(height):
            for x in range(width):
                red, green, blue = image[i, y, x, 0], image[i, y, x, 1], image[i, y, x, 2]
                known = red == red and green == green and blue == blue  # noqa: PLR0124  -- no NaN
                if not known or max(red, green, blue) > min(red, green, blue) + most[i]:
                    grey[i] = 0
                    break
            if not grey[i]:
                break
    return grey
