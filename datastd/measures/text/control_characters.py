"""Characters that no text needs."""

import numpy as np

from datastd.measures import measure
from datastd.measures.text import Characters, Counts
from datastd.model import Level


@measure("Q303", "unicode-control-char", unit="characters", level=Level.WARN)
def control_characters(characters: Characters) -> Counts:
    """
    How many control characters are in each text: those that ftfy removes, and C1.

    U+0000 to U+0008, U+000B, U+000E to U+001F, U+007F to U+009F, U+206A to U+206F,
    U+FEFF, U+FFF9 to U+FFFC; tab, line feed, form feed and carriage return are none.
    Shape (N,), int64.

    Why it matters:
        They are what is left of binary files, terminals and broken encodings; a NUL ends
        the string in many a program.

    Remedy:
        Remove them, or leave out the documents that are no text.

    Source:
        ftfy chardata.py, CONTROL_CHARS.
    """
    return np.asarray(characters.control + characters.c1)
