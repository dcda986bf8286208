"""Stretches of tokens, one after the other, as hashes."""

import numpy as np

from datastd.measures import Numbers, Table, kernel, measure
from datastd.measures.tokens import Counts, Ids
from datastd.sources import Ragged

WIDTH = 64  # tokens


@measure("Q485", "token-windows", unit="windows")
def windows(tokens: Ragged, ids: Ids) -> Table:
    """
    A hash of 64 bits of every 64 tokens of a sample: a table ``row``, ``at``, ``window``.

    Windows begin at tokens 0, 64, 128 … of each sample, and what is left at its end is
    none; ``at`` is the token of the sample that one begins with.

    Why it matters:
        Text that is there twice is learned by heart.

    Remedy:
        Remove duplicates before the text is tokenised.

    Source:
        datastd's own definition, for L402.
    """
    each = np.diff(tokens.offsets) // WIDTH
    row = np.repeat(np.arange(len(each)), each)
    at = WIDTH * (np.arange(len(row)) - np.repeat(np.cumsum(each) - each, each))
    starts = tokens.offsets[row] + at
    return {"row": row, "at": at, "window": _hashes(ids, starts, WIDTH)}


@kernel
def _hashes(ids: Ids, starts: Counts, width: int) -> Numbers:
    hashes = np.empty(len(starts), np.uint64)
    for i in range(len(starts)):
        value = np.uint64(0x9E3779B97F4A7C15)
        for j in range(width):
            value = (value ^ np.uint64(ids[starts[i] + j])) * np.uint64(0xFF51AFD7ED558CCD)
            value ^= value >> np.uint64(32)
        hashes[i] = value
    return hashes
