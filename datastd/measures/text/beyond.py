"""What of texts is not ASCII, and what is near it: most of them are ASCII for the most part."""

import numpy as np
import polars as pl
import pyarrow as pa

from datastd.bits import HIGH, eight
from datastd.measures import kernel
from datastd.measures.text.pieces import Bytes, Numbers

NEAR = 8
"""Characters of ASCII that are near: more than any pattern looks at beside one beyond ASCII."""


def beyond(content: Bytes, offsets: Numbers) -> pl.Series:
    """Each text without the ASCII that is not near to a character beyond it."""
    kept, places = np.empty(int(offsets[-1] - offsets[0]), np.uint8), np.zeros_like(offsets)
    used = _kept(content, offsets, kept, places)
    buffers = pa.py_buffer(places), pa.py_buffer(kept[:used])
    return pl.Series(pl.from_arrow(pa.LargeStringArray.from_buffers(len(offsets) - 1, *buffers)))


@kernel
def _kept(content: Bytes, offsets: Numbers, kept: Bytes, places: Numbers) -> int:
    """Copy what is kept; note where each text begins in it, and where the last ends."""
    used = 0
    for n in range(len(offsets) - 1):
        at, stop = offsets[n], offsets[n + 1]
        while at < stop:
            start = at
            while at + 8 <= stop and eight(content, at) & HIGH == 0:
                at += 8
            while at < stop and content[at] < 0x80:
                at += 1
            behind = start if start == offsets[n] else min(start + NEAR, at)
            before = stop if at == stop else max(behind, at - NEAR)
            for place in range(start, behind):
                kept[used] = content[place]
                used += 1
            for place in range(before, at):
                kept[used] = content[place]
                used += 1
            while at < stop and content[at] >= 0x80:
                kept[used] = content[at]
                at, used = at + 1, used + 1
        places[n + 1] = used
    return used
