"""Which mask it is."""

from hashlib import sha256

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.masks import Looked, Masks
from datastd.model import Level

_VOID = 255
_BYTES = 16


@measure("F289", "mask-digest", unit="hash", level=Level.WARN)
def mask_digest(looked: Looked, mask: Masks) -> pl.Series:
    """
    Hash of 128 bits of the size and the values of each mask; shape (N,), Binary.

    Empty for a mask of one value, 255 left aside: many of those are alike.

    Why it matters:
        What two pictures show is never the same to the pixel.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own.
    """
    pairs = zip(looked.values, mask, strict=True)
    return pl.Series([
        sha256(f"{one.shape} {one.dtype}".encode() + np.ascontiguousarray(one).tobytes()).digest()[
            :_BYTES
        ] if (values != _VOID).sum() > 1 else b"" for values, one in pairs
    ], dtype=pl.Binary)  # fmt: skip
