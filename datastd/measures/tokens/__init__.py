"""
Instruments for sequences of token ids, and the one scan that they share.

``tokens`` is `Ragged`: all ids of a batch, one after the other, and where each sample
begins.  What an id means stands in the `Vocabulary` that the rules of a standard tell.
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.measures import helper, kernel
from datastd.sources import Ragged
from datastd.vocabulary import Vocabulary

Ids: TypeAlias = NDArray[Any]  # (M,), uint16, uint32 or int64
Counts: TypeAlias = NDArray[np.int64]  # (N,), or (V,)

_TABLE = 1 << 16  # counts of ids of two bytes, which then need no comparison


class Scan(NamedTuple):
    """
    What one pass over the ids tells; shape (N,) each, but for the last.

    Attributes:
        highest, first, last: Ids of a sample; -1 where it has none.
        eos: How many are the end of text.
        pairs: How often two of those stand side by side.
        inner: How many are the end or the beginning of text, and neither first nor last.
        unk: How many are unknown.
        outside: How many the vocabulary does not have.
        swapped: How many it would not have if their bytes came in the other order.
        zeros: How many are 0 of those at even places, or at odd ones: the greater number.
        counts: How often each id of the vocabulary occurs in the batch; shape (V,).
    """

    highest: Counts
    first: Counts
    last: Counts
    eos: Counts
    pairs: Counts
    inner: Counts
    unk: Counts
    outside: Counts
    swapped: Counts
    zeros: Counts
    counts: Counts


def lengths(tokens: Ragged) -> Counts:
    """Ids of each sample."""
    return np.diff(tokens.offsets)


def ids(tokens: Ragged) -> Ids:
    """The ids of a batch in one of three types, so that there are three kernels of each kind."""
    values = tokens.values
    if values.dtype not in {np.dtype(np.uint16), np.dtype(np.uint32)}:
        # Of ids from 2^63 on, which are in no vocabulary, the sign shows that they are outside.
        values = values.astype(np.int64, casting="unsafe")
    view = values.view()
    view.flags.writeable = False  # numba compiles anew for an array that may be written to
    return view


def scan(tokens: Ragged, ids: Ids, vocabulary: Vocabulary) -> Scan:
    """Everything that is counted of ids, in one pass."""
    size = vocabulary.size
    bos = None if vocabulary.bos == vocabulary.eos else vocabulary.bos
    meant = [vocabulary.eos, bos, vocabulary.unk]
    # An id that the type cannot hold does not occur.
    most = np.iinfo(ids.dtype).max
    there = np.array([one is not None and one <= most for one in meant])
    marks = np.where(there, [one or 0 for one in meant], 0).astype(ids.dtype)
    narrow = bool(ids.dtype == np.uint16)
    counts = np.zeros(max(size, _TABLE) if narrow else size, np.uint32)
    width = tokens.values.dtype.itemsize
    table = _scan(ids, tokens.offsets, marks, there, counts, size, width, narrow)
    return Scan._make([*table, counts[:size].astype(np.int64)])


@kernel
def _scan(  # noqa: PLR0913, PLR0917  -- one pass is what it is
    ids: Ids, offsets: Counts, marks: Ids, there: NDArray[np.bool_], counts: NDArray[np.uint32],
    size: int, width: int, narrow: bool,  # noqa: FBT001
) -> Counts:  # fmt: skip
    """All of a `Scan` but the counts, which it adds to *counts*: a row for each field."""
    samples = len(offsets) - 1
    table = np.zeros((10, samples), np.int64)
    table[:3] = -1
    end_of, begin_of, unknown = marks[0], marks[1], marks[2]
    for i in range(samples):
        one = ids[offsets[i] : offsets[i + 1]]
        if not len(one):
            continue
        low, high = one[0], one[0]
        eos, bos, unk = np.uint32(0), np.uint32(0), np.uint32(0)
        for j in range(len(one)):  # so written, the compiler does many at once
            low, high = min(low, one[j]), max(high, one[j])
            eos += np.uint32(one[j] == end_of)
            bos += np.uint32(one[j] == begin_of)
            unk += np.uint32(one[j] == unknown)
        table[0, i], table[1, i], table[2, i] = high, one[0], one[-1]
        table[3, i] = eos if there[0] else 0
        table[4, i] = _pairs(one, end_of) if table[3, i] > 1 else 0
        table[5, i] = table[3, i] + (bos if there[1] else 0) - _at_ends(one, marks, there)
        table[6, i] = unk if there[2] else 0
        if low < 0 or high >= size:
            table[7, i], table[8, i] = _outside(one, size, width)
        table[9, i] = _zeros(one)
        if narrow:
            for j in range(len(one)):
                counts[one[j]] += np.uint32(1)
        else:
            for j in range(len(one)):
                if 0 <= one[j] < size:
                    counts[one[j]] += np.uint32(1)
    return table


@helper
def _pairs(one: Ids, mark: int) -> int:
    """How often a mark follows itself."""
    found = 0
    for j in range(len(one) - 1):
        found += one[j] == mark and one[j + 1] == mark
    return found


@helper
def _at_ends(one: Ids, marks: Ids, there: NDArray[np.bool_]) -> int:
    """How many of the first id and the last are a mark; an id alone counts once."""
    found = 0
    for k in range(2):
        found += there[k] and one[0] == marks[k]
        found += there[k] and len(one) > 1 and one[-1] == marks[k]
    return found


@helper
def _outside(one: Ids, size: int, width: int) -> tuple[int, int]:
    """How many ids are outside as they are stored, and with their bytes the other way round."""
    outside, swapped = 0, 0
    for value in one:
        outside += value < 0 or value >= size
        rest, turned = np.uint64(value), np.uint64(0)
        for _ in range(width):
            turned = (turned << np.uint64(8)) | (rest & np.uint64(255))
            rest >>= np.uint64(8)
        swapped += int(turned >= np.uint64(size))
    return outside, swapped


@helper
def _zeros(one: Ids) -> int:
    """How many ids are 0 at even places, or at odd ones: the greater number."""
    even, odd = np.uint32(0), np.uint32(0)
    for j in range(len(one) // 2):
        even += np.uint32(one[2 * j] == 0)
        odd += np.uint32(one[2 * j + 1] == 0)
    if len(one) % 2:
        even += np.uint32(one[-1] == 0)
    return int(max(even, odd))
