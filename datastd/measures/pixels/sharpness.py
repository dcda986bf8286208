"""Whether an image has edges."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from datastd.measures import Numbers, kernel, measure
from datastd.measures.pixels import Floats
from datastd.model import Level

_SIDE = 64  # px
_HALVED = 2  # times the size that is wanted: so much larger may the picture be that is resized


@measure("Q105", "image-blurry", unit="score", level=Level.WARN)
def sharpness(tones: Numbers, gray: Numbers) -> Floats:
    """
    How sharp each image is, from 0 (no edge) to 1.

    The grey image is made 64 pixels long, by Pillow's bicubic filter after whole pixels
    were averaged down to at least twice that; e is the standard deviation of Pillow's
    FIND_EDGES of it, s that of the counts of its 256 grey levels.  The score is
    1 - exp(-0.01 e), plus 1 - exp(-0.01 s) if that is more than 0.18, and at most 1: few
    grey levels are a drawing, not a blurred photo.  Shape (N,), float64.

    Why it matters:
        A photo out of focus or scaled up from a thumbnail teaches a network to do without
        the detail that its labels are about.

    Remedy:
        Capture the sample again, or leave it out.

    Source:
        CleanVision BlurrinessProperty, threshold 0.29; it resizes the colour image at once.
    """
    pixels = gray if gray.dtype == np.uint8 else tones[..., 0]
    return np.array([_of(one) for one in pixels])


def _of(pixels: NDArray[Any]) -> float:
    height, width = pixels.shape
    ratio = max(height, width) / _SIDE
    if ratio > 1:
        size = max(int(width // ratio), 1), max(int(height // ratio), 1)
        picture = Image.fromarray(np.ascontiguousarray(pixels))
        picture = picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=_HALVED)
        pixels = np.asarray(picture)
    variance, spread = _edges(np.ascontiguousarray(pixels))
    edges = 1 - math.exp(-0.01 * math.sqrt(variance))
    levels = 1 - math.exp(-0.01 * math.sqrt(spread))
    return min(edges + (levels if levels > 0.18 else 0.0), 1.0)  # noqa: PLR2004


@kernel
def _edges(pixels: NDArray[Any]) -> tuple[float, float]:
    height, width = pixels.shape
    total, squares = 0.0, 0.0
    counts = np.zeros(256, np.int64)
    for y in range(height):
        for x in range(width):
            here = int(pixels[y, x])
            counts[here] += 1
            # Pillow leaves the outermost pixels as they are.
            if 0 < y < height - 1 and 0 < x < width - 1:
                around = 0
                for dy in range(-1, 2):
                    for dx in range(-1, 2):
                        around += int(pixels[y + dy, x + dx])
                here = min(255, max(0, 9 * here - around))
            total += here
            squares += here * here
    size = height * width
    mean = total / size
    return max(0.0, squares / size - mean * mean), counts.astype(np.float64).var()
