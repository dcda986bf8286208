"""How wide the ids are stored."""

import numpy as np

from datastd.measures import measure
from datastd.measures.tokens import Counts
from datastd.sources import Ragged


@measure("Q498", "token-width-outside", unit="bit")
def token_bit(tokens: Ragged) -> Counts:
    """
    Bits of the type in which the ids of each sample are stored; shape (N,), int64.

    Why it matters:
        Ids that do not fit their type wrap to others, without a word.

    Remedy:
        Store ids from 65,536 on in 32 bits.

    Source:
        datastd's own definition, for C402 and C404.
    """
    return np.full(len(tokens), 8 * tokens.values.dtype.itemsize)
