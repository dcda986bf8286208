"""How large a document is."""

import numpy as np

from datastd.measures import measure
from datastd.measures.text import Counts, Utf8


@measure("C797", "byte-count-outside", unit="bytes")
def byte_count(utf8: Utf8) -> Counts:
    """
    Bytes of each text in UTF-8.  Shape (N,), int64.

    Why it matters:
        Records state it, and what is planned by it goes wrong where it is not so.

    Remedy:
        Look at the samples named.

    Source:
        datastd's own definition, for C724.
    """
    return np.diff(utf8.offsets)
