"""Whether a file is called what it is."""

import numpy as np

from datastd.measures import measure
from datastd.measures.pictures import Column, Flags
from datastd.sources.pictures import SUFFIXES


@measure("F134", "image-format-extension-mismatch", unit="0 or 1")
def wrong_suffix(encoding: Column, suffix: Column) -> Flags:
    """
    Whether each picture's file has the suffix of another encoding than its bytes.

    Shape (N,), int64, 1 where it has.

    Why it matters:
        Decoders chosen by name fail on it, or decode it with other rounding than the rest.

    Remedy:
        Give the file the suffix of what it holds, or encode it as its suffix says.

    Source:
        ImageNet's n02105855_2933.JPEG, which is a PNG: TF-slim build_imagenet_data.py.
    """
    pairs = zip(encoding, suffix, strict=True)
    return np.array([end not in SUFFIXES.get(one, ()) for one, end in pairs], np.int64)
