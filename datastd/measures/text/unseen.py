"""
What nobody sees: white space, controls, and characters that a reader is shown nothing of.

By it is blank what should say something: an answer, a turn or a context; `names.UNSEEN` is its one
home.  Rules about web text ask for white space alone (`str.strip`), as the filters do that they
repeat.
"""

import numpy as np

from datastd.measures import helper
from datastd.measures.text.pieces import Bytes, code_point, is_space
from datastd.names import SEEN, UNSEEN

__all__ = ["SEEN", "is_blank", "is_ignored", "is_unseen"]

_EDGES = np.array(UNSEEN, np.int64)


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
