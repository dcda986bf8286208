"""
Instruments for sequences of token ids, and the one scan that they share.

``tokens`` is `Ragged`: all ids of a batch, one after the other, and where each sample
begins.  What an id means stands in the `Vocabulary` that the rules of a standard tell.
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.measures import kernel
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
    narrow = ids.dtype == np.uint16
    counts = np.zeros(max(size, _TABLE) if narrow else size, np.uint32)
    found = _scan(ids, tokens.offsets, tokens.values.dtype.itemsize, size, marks, there, counts)
    return Scan(*found, counts[:size].astype(np.int64))


@kernel
def _scan(  # noqa: C901, PLR0912, PLR0913, PLR0917  -- one pass is what it is
    ids: Ids,
    offsets: Counts,
    width: int,
    size: int,
    marks: Ids,
    there: NDArray[np.bool_],
    counts: NDArray[np.uint32],
) -> tuple[Counts, Counts, Counts, Counts, Counts, Counts, Counts, Counts, Counts, Counts]:
    samples = len(offsets) - 1
    highest, first, last = np.full(samples, -1), np.full(samples, -1), np.full(samples, -1)
    eos, pairs, inner = (
        np.zeros(samples, np.int64),
        np.zeros(samples, np.int64),
        np.zeros(samples, np.int64),
    )
    unk, outside = np.zeros(samples, np.int64), np.zeros(samples, np.int64)
    swapped, zeros = np.zeros(samples, np.int64), np.zeros(samples, np.int64)
    end_of, begin_of, unknown = marks[0], marks[1], marks[2]
    direct = len(counts) >= 65536 and width == 2  # noqa: PLR2004
    for i in range(samples):
        one = ids[offsets[i] : offsets[i + 1]]
        count = len(one)
        if not count:
            continue
        low, high = one[0], one[0]
        ends, begins, strange = np.uint32(0), np.uint32(0), np.uint32(0)
        for j in range(count):
            value = one[j]
            low, high = min(low, value), max(high, value)
            ends += np.uint32(value == end_of)
            begins += np.uint32(value == begin_of)
            strange += np.uint32(value == unknown)
        even, odd = np.uint32(0), np.uint32(0)
        for j in range(count // 2):
            even += np.uint32(one[2 * j] == 0)
            odd += np.uint32(one[2 * j + 1] == 0)
        if count % 2:
            even += np.uint32(one[count - 1] == 0)
        highest[i], first[i], last[i] = high, one[0], one[count - 1]
        zeros[i] = max(even, odd)
        unk[i] = strange if there[2] else 0
        eos[i] = ends if there[0] else 0
        if eos[i] > 1:
            for j in range(count - 1):
                pairs[i] += one[j] == end_of and one[j + 1] == end_of
        inner[i] = eos[i] + (begins if there[1] else 0)
        for k in range(2):
            inner[i] -= there[k] and one[0] == marks[k]
            inner[i] -= there[k] and count > 1 and one[count - 1] == marks[k]
        if direct:
            for j in range(count):
                counts[one[j]] += np.uint32(1)
        else:
            for j in range(count):
                if 0 <= one[j] < size:
                    counts[one[j]] += np.uint32(1)
        if low < 0 or high >= size:
            for j in range(count):
                outside[i] += one[j] < 0 or one[j] >= size
                rest, turned = np.uint64(one[j]), np.uint64(0)
                for _ in range(width):
                    turned = (turned << np.uint64(8)) | (rest & np.uint64(255))
                    rest >>= np.uint64(8)
                swapped[i] += turned >= np.uint64(size)
    return highest, first, last, eos, pairs, inner, unk, outside, swapped, zeros
