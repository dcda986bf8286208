"""How long the lines of each text are, and how they end."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.measures import kernel
from datastd.measures.text.pieces import Bytes, Pieces, stripped

_MARKS = (0x2E, 0x3F, 0x21, 0x22, 0x27)  # . ? ! " '


class Shapes(NamedTuple):
    """
    The lines of each text; shape (N,) each.

    Attributes:
        all: How many there are: one more than line feeds.
        characters: Code points of all of them, without the line feeds.
        longest: Code points of the longest.
        filled: How many are not blank.
        unended: How many of these do not end in one of ``.?!"'``, before white space.
    """

    all: NDArray[np.int64]
    characters: NDArray[np.int64]
    longest: NDArray[np.int64]
    filled: NDArray[np.int64]
    unended: NDArray[np.int64]


@kernel
def shapes(content: Bytes, lines: Pieces) -> Any:  # noqa: ANN401
    """Count what `Shapes` names, in its order; shape (N, 5)."""
    found = np.zeros((len(lines.offsets) - 1, 5), np.int64)
    for n in range(len(found)):
        for line in range(lines.offsets[n], lines.offsets[n + 1]):
            length = lines.length[line]
            start, stop = stripped(content, lines.start[line], lines.stop[line])
            filled = stop > start
            found[n, 0] += 1
            found[n, 1] += length
            found[n, 2] = max(found[n, 2], length)
            found[n, 3] += filled
            found[n, 4] += filled and content[stop - 1] not in _MARKS
    return found
