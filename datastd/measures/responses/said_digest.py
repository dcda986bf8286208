"""What is said in a record, whatever else stands in it."""

from typing import Any

import numpy as np
import polars as pl

from datastd.measures import kernel, measure
from datastd.measures.responses import Flags, Hashes, Turns, said
from datastd.measures.text.normal import mixed
from datastd.measures.text.pieces import Numbers
from datastd.model import Level


@measure("L690", "record-said-hash", unit="128-bit hash", level=Level.WARN)
def said_digest(
    turn_arrays: Turns, turn_hashes: Hashes, has_media: Flags, digest: pl.Series
) -> pl.Series:
    """
    Hash of all that is said in each record: every turn, and both sides of a pair.

    Shape (N,), 16 bytes each.  Roles count, calls and what they are called with, and texts as
    `dialogues` compares them; the order of keys, ids, scores and labels do not.  Of a record with
    pictures, films or sound, which nobody compares, it is the record itself, byte for byte.

    Why it matters:
        The same conversation written anew, with other keys or white space, is still the same.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own definition.
    """
    row, side, role = turn_arrays.row, turn_arrays.side, turn_arrays.role
    digests = said.binary(_joined(row, side, role, turn_hashes, len(digest)))
    return digests.zip_with(pl.Series(~has_media), digest.bin.head(16))


@kernel
def _joined(row: Numbers, side: Numbers, role: Hashes, hashes: Hashes, count: int) -> Any:  # noqa: ANN401
    """One hash of the turns of each sample, in order; shape (N, 2)."""
    found = np.zeros((count, 2), np.uint64)
    for n in range(len(row)):
        for half in range(2):
            value = mixed(found[row[n], half] ^ role[n] ^ np.uint64(side[n]))
            found[row[n], half] = mixed(value + said.SEEDS[half] ^ hashes[n, half])
    return found
