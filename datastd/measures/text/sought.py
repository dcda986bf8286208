"""Runs of words of an input, and where texts have the same: by hash, and then word by word."""

from typing import NamedTuple, Self, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.measures import Table, helper, kernel
from datastd.measures.text import Utf8
from datastd.measures.text.normal import Hashes, Normal, mixed
from datastd.measures.text.pieces import Numbers
from datastd.measures.text.rolling import leading, rolled, rolled_on

Found: TypeAlias = tuple[Numbers, Numbers, Numbers]

_MARKS = 16  # bits of `Runs.marks` for each run: of the words of a text, 6 % are looked up


class Runs(NamedTuple):
    """
    Runs of words, each known by the number of its first word; of equal ones by the first.

    Attributes:
        words: The hash of every word; shape (W,), uint64.
        lengths: How many words the run has that begins at each; 0 where none does, or one
            that was there before.  Shape (W,), uint8.
        sizes: The lengths that occur, int64.
        slots: A table of runs by hash, open addressing: the number, or -1; int32.
        marks: Bits, set by the hashes of the runs: where none is, the table has nothing; uint64.
    """

    words: Hashes
    lengths: NDArray[np.uint8]
    sizes: Numbers
    slots: NDArray[np.int32]
    marks: Hashes

    @classmethod
    def of(cls, words: Hashes, offsets: Numbers, most: int, least: int) -> Self:
        """
        Take the runs of texts whose words begin at *offsets*.

        A text has runs of *most* words; or is one, if it has no more than that, and *least*.
        """
        each = np.diff(offsets)
        runs = int(np.where(each >= least, np.maximum(each - most, 0) + 1, 0).sum())
        slots = np.full(_power(2 * runs), -1, np.int32)
        marks = np.zeros(_power(_MARKS * runs) // 64, np.uint64)
        lengths = np.zeros(len(words), np.uint8)
        _enter(words, offsets, most, least, lengths, slots, marks)
        sizes = np.unique(lengths[lengths > 0]).astype(np.int64)
        return cls(words, lengths, sizes, slots, marks)


class Sought(NamedTuple):
    """
    What is looked for of an input; a plain value that pickles.

    Attributes:
        keys: Of each item.
        item: The item that each word is of; shape (W,), int64.
        start: Where the word begins in its item, in bytes; shape (W,), int32.
        stop: Where it ends.
        runs: The runs of these words.
    """

    keys: pl.Series
    item: Numbers
    start: NDArray[np.int32]
    stop: NDArray[np.int32]
    runs: Runs

    @classmethod
    def of(cls, keys: pl.Series, words: pl.DataFrame, most: int, least: int) -> Self:
        """Make it of what `words_of` gave; *most* and *least* as `Runs.of` has them."""
        item, word, start, stop = (words[name].to_numpy() for name in _WORDS)
        offsets = np.searchsorted(item, np.arange(len(keys) + 1))
        return cls(keys, item, start, stop, Runs.of(word, offsets, most, least))


_WORDS = ("row", "word", "start", "stop")


def words_of(utf8: Utf8, words: Normal) -> Table:
    """Every word of texts, with its hash and its bytes: what a probe gives of an input."""
    each = np.diff(words.offsets)
    begin = np.repeat(utf8.offsets[:-1], each)
    start, stop = (words.start - begin).astype(np.int32), (words.stop - begin).astype(np.int32)
    row = np.repeat(np.arange(len(each)), each)
    return dict(zip(_WORDS, (row, words.hashes, start, stop), strict=True))


def shared(utf8: Utf8, words: Normal, sought: Sought) -> pl.DataFrame:
    """
    Find the runs of texts that are looked for: the first place of each in each text.

    A table ``row``, ``gram`` (the run's number), ``at`` (its first word in the text), ``start``
    and ``stop`` (bytes of the text), ``other`` (the first item that has it), ``other_start``
    and ``other_stop`` (bytes of that); and before these a row for each text, where all but
    ``row`` is null: it was looked at.
    """
    row, gram, at = _found(words.hashes, words.offsets, sought.runs)
    order = np.lexsort((at, row))
    row, gram, at = row[order], gram[order], at[order]
    more, begin = sought.runs.lengths[gram].astype(np.int64) - 1, utf8.offsets[row]
    found = pl.DataFrame(
        {
            "row": row,
            "gram": gram,
            "at": at - words.offsets[row],
            "start": words.start[at] - begin,
            "stop": words.stop[at + more] - begin,
            "other": sought.keys.gather(sought.item[gram]),
            "other_start": sought.start[gram].astype(np.int64),
            "other_stop": sought.stop[gram + more].astype(np.int64),
        }
    ).unique(["row", "gram"], keep="first", maintain_order=True)
    alone = pl.DataFrame({"row": np.arange(len(words.offsets) - 1)})
    return pl.concat([alone, found], how="diagonal")


def _power(least: int) -> int:
    """The lowest power of two from 64 on that is as much."""
    return max(64, 1 << (least - 1).bit_length())


@helper
def _is_same(words: Hashes, one: int, others: Hashes, other: int, size: int) -> bool:
    for n in range(size):  # noqa: SIM110  -- numba makes no machine code of a generator
        if words[one + n] != others[other + n]:
            return False
    return True


@helper
def _slot(  # noqa: PLR0913, PLR0917
    value: np.uint64, words: Hashes, at: int, size: int, others: Hashes,
    lengths: NDArray[np.uint8], slots: NDArray[np.int32],
) -> int:  # fmt: skip
    """The slot of a run, or the free one that it would take."""
    mask = len(slots) - 1
    slot = np.int64(value & np.uint64(mask))
    while slots[slot] >= 0:
        other = slots[slot]
        if lengths[other] == size and _is_same(words, at, others, other, size):
            break
        slot = (slot + 1) & mask
    return int(slot)


@helper
def _mark(value: np.uint64, marks: Hashes) -> tuple[int, np.uint64]:
    """Where the bit of a hash is: other bits of it than those that choose a slot."""
    place = np.int64((value >> np.uint64(32)) & np.uint64(64 * len(marks) - 1))
    return int(place >> 6), np.uint64(1) << np.uint64(place & 63)


@kernel
def _enter(  # noqa: PLR0913, PLR0917
    words: Hashes, offsets: Numbers, most: int, least: int, lengths: NDArray[np.uint8],
    slots: NDArray[np.int32], marks: Hashes,
) -> None:  # fmt: skip
    for n in range(len(offsets) - 1):
        first, count = offsets[n], offsets[n + 1] - offsets[n]
        size = min(count, most)
        if count < least or not size:
            continue
        value, lead = rolled(words, first, size), leading(size)
        for at in range(first, first + count - size + 1):
            if at > first:
                value = rolled_on(value, words, at, size, lead)
            spread = mixed(value + np.uint64(size))
            slot = _slot(spread, words, at, size, words, lengths, slots)
            if slots[slot] < 0:
                slots[slot], lengths[at] = at, size
                place, bit = _mark(spread, marks)
                marks[place] |= bit


@kernel
def _found(words: Hashes, offsets: Numbers, runs: Runs) -> Found:
    kept, used = np.empty((3, 1024), np.int64), 0
    for n in range(len(offsets) - 1):
        first, count = offsets[n], offsets[n + 1] - offsets[n]
        for size in runs.sizes:
            if count < size:
                continue
            value, lead = rolled(words, first, size), leading(size)
            for at in range(first, first + count - size + 1):
                if at > first:
                    value = rolled_on(value, words, at, size, lead)
                spread = mixed(value + np.uint64(size))
                place, bit = _mark(spread, runs.marks)
                if not runs.marks[place] & bit:
                    continue
                slot = _slot(spread, words, at, size, runs.words, runs.lengths, runs.slots)
                if runs.slots[slot] >= 0:
                    if used == kept.shape[1]:
                        larger = np.empty((3, 2 * used), np.int64)
                        larger[:, :used] = kept
                        kept = larger
                    kept[0, used], kept[1, used], kept[2, used] = n, runs.slots[slot], at
                    used += 1
    return kept[0, :used].copy(), kept[1, :used].copy(), kept[2, :used].copy()
