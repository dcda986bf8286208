"""Runs of n words: which repeat, and which one is most of a text, as datatrove counts them."""

from typing import Any, TypeAlias

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.measures import kernel
from datastd.measures.text.pieces import Bytes, Numbers, Pieces

Hashes: TypeAlias = NDArray[np.uint64]

TOP = (2, 3, 4)  # lengths of which the most frequent is looked for,
DUPLICATE = (5, 6, 7, 8, 9, 10)  # and those of which all that repeat are

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, and of no meaning
_SPACE = np.uint64(0x20 + 1)


@register_jitable
def _slot(value: np.uint64, mask: int) -> Any:  # noqa: ANN401  -- an int64
    mixed = value ^ (value >> np.uint64(29)) ^ (value >> np.uint64(43))
    return np.int64(mixed & np.uint64(mask))


@register_jitable
def _join(value: np.uint64, power: np.uint64, more: np.uint64) -> np.uint64:
    """Hash of two strings, one behind the other: a polynomial in the base, modulo 2^64."""
    return value * power + more


@kernel
def grams(content: Bytes, words: Pieces) -> Numbers:
    """
    For each length in `TOP` and `DUPLICATE`, code points of each text; shape (N, 9).

    In `TOP`, those of the most frequent run of so many words, with a space between two, times
    how often it occurs; of several, the first one.  In `DUPLICATE`, those of runs that repeat
    an earlier one, without spaces: from left to right, and behind one that does go on after
    its last word.
    """
    texts = len(words.offsets) - 1
    found = np.zeros((texts, len(TOP) + len(DUPLICATE)), np.int64)
    most, size = 1, 16
    for n in range(texts):
        most = max(most, words.offsets[n + 1] - words.offsets[n])
    while size < 2 * most:
        size *= 2
    hashes, powers = np.empty(most, np.uint64), np.empty(most, np.uint64)
    upto = np.zeros(most + 1, np.int64)  # code points of the words before each
    tables = np.empty((len(TOP) + len(DUPLICATE), size), np.uint64)
    counts, order = np.empty((len(TOP), size), np.int64), np.empty((len(TOP), most, 2), np.int64)
    for n in range(texts):
        first, count = words.offsets[n], words.offsets[n + 1] - words.offsets[n]
        for word in range(count):
            value, power = np.uint64(0), np.uint64(1)
            for at in range(words.start[first + word], words.stop[first + word]):
                value = value * _BASE + np.uint64(content[at]) + np.uint64(1)
                power *= _BASE
            hashes[word], powers[word] = value, power
            upto[word + 1] = upto[word] + words.length[first + word]
        size = 16
        while size < 2 * count:
            size *= 2
        there = tables[:, :size]  # as small as it may be: it stays in the cache
        there[:] = 0
        _top(hashes[:count], powers, upto, there, counts, order, found[n])
        _duplicate(hashes[:count], powers, upto, there, found[n])
    return found


@register_jitable
def _find(tables: Hashes, k: int, value: np.uint64) -> tuple[int, bool]:
    """The slot of a run, and whether it stood there; now it does.  0 is a free slot."""
    mask, value = tables.shape[1] - 1, value | np.uint64(1)
    slot = _slot(value, mask)
    while tables[k, slot]:
        if tables[k, slot] == value:
            return slot, True
        slot = (slot + 1) & mask
    tables[k, slot] = value
    return slot, False


@register_jitable
def _top(  # noqa: PLR0913, PLR0917
    hashes: Hashes, powers: Hashes, upto: Numbers, tables: Hashes, counts: Numbers,
    order: Numbers, found: Numbers,
) -> None:  # fmt: skip
    """Find the most frequent run of each length in `TOP`; the hash of one begins the next's."""
    distinct = np.zeros(len(TOP), np.int64)
    for start in range(len(hashes)):
        value, words = hashes[start], 1
        for k in range(len(TOP)):
            if start + TOP[k] > len(hashes):
                break
            while words < TOP[k]:
                value = _join(value * _BASE + _SPACE, powers[start + words], hashes[start + words])
                words += 1
            slot, known = _find(tables, k, value)
            if not known:
                counts[k, slot] = 0
                order[k, distinct[k], 0], order[k, distinct[k], 1] = slot, start
                distinct[k] += 1
            counts[k, slot] += 1
    for k in range(len(TOP)):
        most, best = 0, 0
        for one in range(distinct[k]):
            if counts[k, order[k, one, 0]] > most:
                most, best = counts[k, order[k, one, 0]], order[k, one, 1]
        if most:
            found[k] = most * (upto[best + TOP[k]] - upto[best] + TOP[k] - 1)


@register_jitable
def _duplicate(
    hashes: Hashes, powers: Hashes, upto: Numbers, tables: Hashes, found: Numbers
) -> None:
    """Sum up the repeated runs of each length in `DUPLICATE`."""
    goes_on = np.zeros(len(DUPLICATE), np.int64)  # where, behind the last one that repeats
    for start in range(len(hashes) - DUPLICATE[0] + 1):
        value, words = hashes[start], 1
        for k in range(len(DUPLICATE)):
            if start + DUPLICATE[k] > len(hashes):
                break
            while words < DUPLICATE[k]:
                value = _join(value, powers[start + words], hashes[start + words])
                words += 1
            if start >= goes_on[k] and _find(tables, len(TOP) + k, value)[1]:
                found[len(TOP) + k] += upto[start + DUPLICATE[k]] - upto[start]
                goes_on[k] = start + DUPLICATE[k]
