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

MOST = 1 << 18
"""Words of a text of which runs are counted: what is remembered of them takes 100 bytes each."""

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
    its last word.  -1 for a text of more than `MOST` words.
    """
    texts = len(words.offsets) - 1
    found = np.zeros((texts, len(TOP) + len(DUPLICATE)), np.int64)
    most, size = 1, 16
    for n in range(texts):
        if words.offsets[n + 1] - words.offsets[n] <= MOST:
            most = max(most, words.offsets[n + 1] - words.offsets[n])
    while size < 2 * most:
        size *= 2
    hashes, powers = np.empty(most, np.uint64), np.empty(most, np.uint64)
    upto = np.zeros(most + 1, np.int64)  # code points of the words before each
    tables = np.empty((len(TOP) + len(DUPLICATE), size), np.uint64)
    places = np.empty((len(TOP) + len(DUPLICATE), size), np.int64)
    counts, order = np.empty((len(TOP), size), np.int64), np.empty((len(TOP), most, 2), np.int64)
    for n in range(texts):
        first, count = words.offsets[n], words.offsets[n + 1] - words.offsets[n]
        if count > MOST:
            found[n] = -1
            continue
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
        starts, stops = words.start[first : first + count], words.stop[first : first + count]
        _top(
            content,
            starts,
            stops,
            hashes[:count],
            powers,
            upto,
            there,
            places,
            counts,
            order,
            found[n],
        )
        _duplicate(content, starts, stops, hashes[:count], powers, upto, there, places, found[n])
    return found


@register_jitable
def _find(tables: Hashes, k: int, value: np.uint64, slot: int) -> int:
    """The first slot from one on that is free, or has this hash."""
    mask = tables.shape[1] - 1
    while tables[k, slot] and tables[k, slot] != value:
        slot = (slot + 1) & mask
    return slot


@register_jitable
def _is_same_words(  # noqa: PLR0913, PLR0917
    content: Bytes, starts: Numbers, stops: Numbers, one: int, other: int, size: int
) -> bool:
    """Compare two runs word by word: one hash does not make them one."""
    for word in range(size):
        length = stops[one + word] - starts[one + word]
        if stops[other + word] - starts[other + word] != length:
            return False
        for place in range(length):
            if content[starts[one + word] + place] != content[starts[other + word] + place]:
                return False
    return True


@register_jitable
def _is_same_letters(  # noqa: PLR0913, PLR0917
    content: Bytes, starts: Numbers, stops: Numbers, one: int, other: int, size: int
) -> bool:
    """Compare two runs by their letters, wherever words end in them."""
    here, at = other, starts[other]
    for word in range(one, one + size):
        for place in range(starts[word], stops[word]):
            while at == stops[here] and here + 1 < other + size:
                here += 1
                at = starts[here]
            if at == stops[here] or content[at] != content[place]:
                return False
            at += 1
    return bool(here == other + size - 1 and at == stops[here])


@register_jitable
def _top(  # noqa: C901, PLR0913, PLR0917
    content: Bytes, starts: Numbers, stops: Numbers, hashes: Hashes, powers: Hashes, upto: Numbers,
    tables: Hashes, places: Numbers, counts: Numbers, order: Numbers, found: Numbers,
) -> None:  # fmt: skip
    """Find the most frequent run of each length in `TOP`; the hash of one begins the next's."""
    distinct, mask = np.zeros(len(TOP), np.int64), tables.shape[1] - 1
    for start in range(len(hashes)):
        value, size = hashes[start], 1
        for k in range(len(TOP)):
            if start + TOP[k] > len(hashes):
                break
            while size < TOP[k]:
                value = _join(value * _BASE + _SPACE, powers[start + size], hashes[start + size])
                size += 1
            key = max(value, np.uint64(1))  # 0 is a free slot
            slot = _find(tables, k, key, _slot(key, mask))
            while tables[k, slot] and not _is_same_words(
                content, starts, stops, places[k, slot], start, size
            ):
                slot = _find(tables, k, key, (slot + 1) & mask)
            known = tables[k, slot] != 0
            if not known:
                tables[k, slot], places[k, slot], counts[k, slot] = key, start, 0
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
def _duplicate(  # noqa: PLR0913, PLR0917
    content: Bytes, starts: Numbers, stops: Numbers, hashes: Hashes, powers: Hashes, upto: Numbers,
    tables: Hashes, places: Numbers, found: Numbers,
) -> None:  # fmt: skip
    """Sum up the repeated runs of each length in `DUPLICATE`."""
    goes_on = np.zeros(len(DUPLICATE), np.int64)  # where, behind the last one that repeats
    mask = tables.shape[1] - 1
    for start in range(len(hashes) - DUPLICATE[0] + 1):
        value, size = hashes[start], 1
        for k in range(len(DUPLICATE)):
            if start + DUPLICATE[k] > len(hashes):
                break
            while size < DUPLICATE[k]:
                value = _join(value, powers[start + size], hashes[start + size])
                size += 1
            if start < goes_on[k]:
                continue
            key, table = max(value, np.uint64(1)), len(TOP) + k
            slot = _find(tables, table, key, _slot(key, mask))
            while tables[table, slot] and not _is_same_letters(
                content, starts, stops, places[table, slot], start, size
            ):
                slot = _find(tables, table, key, (slot + 1) & mask)
            if not tables[table, slot]:
                tables[table, slot], places[table, slot] = key, start
            else:
                found[len(TOP) + k] += upto[start + DUPLICATE[k]] - upto[start]
                goes_on[k] = start + DUPLICATE[k]
