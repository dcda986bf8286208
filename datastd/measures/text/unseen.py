"""
What nobody sees: white space, controls, and characters that a reader is shown nothing of.

The one home of what is blank where an answer, a turn or a context has to say something.  Rules
about web text ask for white space alone (`str.strip`), as the filters do that they repeat.
"""

import numpy as np

from datastd.measures import helper
from datastd.measures.text.pieces import Bytes, code_point, is_space

_RANGES = (
    "0-20 7F-A0 AD 34F 61C 115F-1160 1680 17B4-17B5 180B-180F 2000-200F 2028-202F 205F-206F 2800 "
    "3000 3164 FE00-FE0F FEFF FFA0 FFF0-FFF8 1BCA0-1BCA3 1D173-1D17A E0000-E0FFF"
)
"""
Code points of `str.isspace`, of the categories Cc and Zs, and with the property
Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties.txt); and a cell of Braille
without a dot.
"""

_PAIRS = [
    (one, other or one) for one, _, other in (some.partition("-") for some in _RANGES.split())
]
_EDGES = np.array([[int(one, 16) for one in pair] for pair in _PAIRS], np.int64)

SEEN = "[^" + "".join(rf"\x{{{one}}}-\x{{{other}}}" for one, other in _PAIRS) + "]"
"""A character that is seen, as an expression of polars."""


@helper
def is_unseen(point: int) -> bool:
    """Say whether nothing is seen of a character."""
    if point <= 0x20:
        return True
    for n in range(len(_EDGES)):
        if point <= _EDGES[n, 1]:
            return bool(point >= _EDGES[n, 0])
    return False


@helper
def is_ignored(point: int) -> bool:
    """Say whether nothing is seen of a character that parts no words: it may stand within one."""
    return point > 0xA0 and is_unseen(point) and not is_space(point)


@helper
def is_blank(content: Bytes, start: int, stop: int) -> bool:
    """Say whether nothing is seen of a text."""
    while start < stop:
        point, start = code_point(content, start)
        if not is_unseen(point):
            return False
    return True
