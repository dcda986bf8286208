"""What lies behind the end of a picture."""

import numpy as np

from datastd.measures import measure
from datastd.measures.pictures import Column, Flags
from datastd.model import Level


@measure("F133", "image-trailing-bytes", unit="bytes", level=Level.WARN)
def trailing_bytes(tail_bytes: Column) -> Flags:
    """
    Bytes behind the end of each picture in its file.

    After the last FFD9 of a JPEG, the IEND of a PNG, the length that a WebP states;
    other encodings have no such end, and 0.  Shape (N,), int64.

    Why it matters:
        Decoders ignore them; a second file hides there, or the rest of an older one.

    Remedy:
        Save the picture again.

    Source:
        Checked with Pillow 13.0.
    """
    return np.asarray(tail_bytes).astype(np.int64)
