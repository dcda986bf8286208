"""Line separators that only some readers take for the end of a line."""

import numpy as np

from datastd.measures import Numbers, measure
from datastd.measures.text import Counts
from datastd.model import Level


@measure("F017", "jsonl-raw-line-separator", unit="characters", level=Level.WARN)
def raw_line_separators(separators: Numbers) -> Counts:
    """
    How many characters in the line of each record other readers take for its end.

    U+0085, U+2028 and U+2029, unescaped, and carriage returns that no line feed follows.
    Shape (N,), int64.  The other characters at which `str.splitlines` cuts are control
    characters, which JSON escapes.

    Why it matters:
        A loader that uses `str.splitlines`, or opens the file as text, cuts the record in
        two, and neither half is JSON.

    Remedy:
        Split files at line feeds alone, or write ASCII, with every other character escaped.

    Source:
        RFC 8259, section 7, allows them; Python's `str.splitlines` cuts at them.
    """
    return np.asarray(separators, np.int64)
