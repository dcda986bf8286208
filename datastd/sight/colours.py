"""In which order colours come out of a pipeline."""

from dataclasses import replace

import numpy as np

from datastd.sight import parts
from datastd.sight.chance import seed
from datastd.sight.pipeline import Pipeline
from datastd.sight.raw import Raw

MOST = 64
"""Samples of which it is looked at: it is of the pipeline, and seldom of the sample."""

ORDER = "rgb"

_DARK, _BRIGHT = 50, 200
_CLEAR = 0.5  # of how far the one is from the others: so far they may be apart


def order(raw: Raw, pipeline: Pipeline, number: int) -> str | None:
    """
    Which colour each channel shows of pictures that are made like that of *raw*: ``rgb``, ``bgr``.

    None where it is no picture of three colours, before or after, or cannot be told.
    """
    known = raw.picture
    if known is None or known.dtype != np.uint8 or known.shape[2] != len(ORDER):
        return None
    means = []
    for channel in range(len(ORDER)):
        picture = np.full_like(known, _DARK)
        picture[..., channel] = _BRIGHT
        seed(number, f"coloured as {raw.key}")
        seen = parts.picture(pipeline.items(replace(raw, picture=picture).sample())[0], pipeline)
        if seen is None or len(seen.pixels) != len(ORDER):
            return None
        means.append(seen.pixels.astype(np.float64).mean(axis=(1, 2)))
    # Of the three one is not like the others: the brightest, or, inverted, the darkest.
    apart = np.abs(means - np.median(means, axis=0))
    ranked = np.sort(apart, axis=0)
    is_clear = ranked[1] < _CLEAR * ranked[2]
    found = "".join(ORDER[one] for one in apart.argmax(axis=0))
    return found if is_clear.all() and {*found} == {*ORDER} else None
