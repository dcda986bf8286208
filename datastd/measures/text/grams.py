"""Runs of n words: which repeat, and which one is most of a text, as datatrove counts them."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.bits import FIRST, eight, put_eight
from datastd.measures import helper, kernel
from datastd.measures.text.pieces import Bytes, Numbers, Pieces, mixed

Hashes: TypeAlias = NDArray[np.uint64]

TOP = (2, 3, 4)  # lengths of which the most frequent is looked for,
DUPLICATE = (5, 6, 7, 8, 9, 10)  # and those of which all that repeat are

MOST = 1 << 18
"""Words of a text of which runs are counted: what is remembered of them takes 200 bytes each."""

_ONE = np.uint64(1)
_PLACE = np.uint64((1 << 22) - 1)  # bits of the key of a pair that say where, counted from 1
_LENGTH, _WORD = np.uint32(19), np.uint32((1 << 19) - 1)  # and those of a run, below its length
_KIND = ~np.uint32((1 << 22) - 1)


class _Letters(NamedTuple):
    """
    A text's words, and nothing between them.

    Attributes:
        letters: Their bytes, and sixteen more.
        edges: Where each begins there, and where the last ends.
        upto: Code points before each, likewise.
        hashes: A hash of each.
    """

    letters: Bytes
    edges: Numbers
    upto: Numbers
    hashes: Hashes


@helper
def _some(letters: Bytes, at: int, length: int) -> np.uint64:
    """Up to eight letters as a number: there are more behind them."""
    return np.uint64(eight(letters, at) & FIRST[np.uint64(length)])


@helper
def _is_equal(letters: Bytes, one: int, other: int, length: int) -> bool:
    """Say whether so many letters are the same in two places."""
    while length > 8:
        if eight(letters, one) != eight(letters, other):
            return False
        one, other, length = one + 8, other + 8, length - 8
    return bool(_some(letters, one, length) == _some(letters, other, length))


@helper
def _power(least: int) -> int:
    """The first power of two that is no less."""
    size = 64
    while size < least:
        size *= 2
    return size


@register_jitable
def _room(words: Pieces, slots: int) -> tuple[_Letters, Hashes, Bytes, Bytes, Hashes, Any, Any]:
    """What is needed for the longest text, of so many slots for a word."""
    most, size = 1, 0
    for n in range(len(words.offsets) - 1):
        first, last = words.offsets[n], words.offsets[n + 1] - 1
        if first <= last < first + MOST:
            most = max(most, last + 1 - first)
            size = max(size, int(words.stop[last]) - int(words.start[first]))
    text = _Letters(
        np.zeros(size + 16, np.uint8),
        np.zeros(most + 1, np.int64),
        np.zeros(most + 1, np.int64),
        np.empty(most, np.uint64),
    )
    keys, repeats = np.empty(most, np.uint64), np.empty(most, np.uint8)
    seen = np.empty(_power(16 * most), np.uint8)
    table = np.empty(_power(slots * most), np.uint64)
    counts = np.empty(_power(2 * most), np.uint32)
    return text, keys, repeats, seen, table, table.view(np.uint32), counts


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
    text, keys, repeats, seen, table, entries, counts = _room(words, len(DUPLICATE))
    for n in range(texts):
        first, count = words.offsets[n], words.offsets[n + 1] - words.offsets[n]
        if count > MOST:
            found[n] = -1
            continue
        _gather(content, words, first, count, text)
        _top(text, count, keys, repeats, seen, table, counts, found[n])
        _duplicate(text, count, keys, repeats, seen, entries, found[n])
    return found


@helper
def _gather(content: Bytes, words: Pieces, first: int, count: int, text: _Letters) -> None:
    """Take a text's words together, eight bytes at a time where that is one store."""
    letters, edges, upto, hashes = text
    used = 0
    for word in range(count):
        at, stop = int(words.start[first + word]), int(words.stop[first + word])
        size = stop - at
        if size <= 8 and stop + 8 <= len(content):
            put_eight(letters, used, eight(content, at))
        else:
            for byte in range(size):
                letters[used + byte] = content[at + byte]
        value = np.uint64(0)
        while size > 8:
            value = mixed(value ^ eight(letters, used))
            used, size = used + 8, size - 8
        hashes[word] = mixed(value ^ _some(letters, used, size))
        used += size
        edges[word + 1] = used
        upto[word + 1] = upto[word] + words.length[first + word]


@helper
def _mark(seen: Bytes, key: np.uint64) -> None:
    """Note a key: in two bits, of which the higher says that it is not the first time."""
    slot, place = key & np.uint64(len(seen) - 1), np.uint8(key >> np.uint64(62) << np.uint64(1))
    seen[slot] |= (seen[slot] >> place & 1) << (place + 1) | np.uint8(1) << place


@helper
def _is_marked_twice(seen: Bytes, key: np.uint64) -> bool:
    place = np.uint8(key >> np.uint64(62) << np.uint64(1))
    return bool(seen[key & np.uint64(len(seen) - 1)] >> place & 2)


@helper
def _is_pair(letters: Bytes, edges: Numbers, one: int, other: int) -> bool:
    """Compare two words with two others: one hash does not make them one."""
    start, begin = edges[one], edges[other]
    length = edges[one + 2] - start
    if edges[other + 2] - begin != length or edges[other + 1] - begin != edges[one + 1] - start:
        return False
    return _is_equal(letters, start, begin, length)


@helper
def _pairs(hashes: Hashes, runs: int, keys: Hashes, repeats: Bytes, seen: Bytes) -> int:
    """Find the pairs of words that may repeat, by a hash; say how many there are."""
    seen[:] = 0
    for start in range(runs):
        keys[start] = mixed(mixed(hashes[start]) + hashes[start + 1]) & ~_PLACE
        _mark(seen, mixed(keys[start]))
    candidates = 0
    for start in range(runs):
        repeats[start] = _is_marked_twice(seen, mixed(keys[start]))
        candidates += repeats[start]
    return candidates


@helper
def _times(  # noqa: PLR0913, PLR0917
    letters: Bytes, edges: Numbers, runs: int, keys: Hashes, repeats: Bytes, slots: Hashes,
    counts: NDArray[np.uint32],
    pairs: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """
    Count runs that may repeat; then `repeats` is 0, 1 for the first of several, 3 for others.

    The key of a pair of words is a hash, and they are compared; that of a longer run says
    which two runs it is of.  Behind it, a key says where the run is counted, from 1.
    """
    slots[:] = 0
    mask = np.uint64(len(slots) - 1)
    for start in range(runs):
        if not repeats[start]:
            continue
        key = keys[start]
        slot = mixed(key) & mask
        if pairs:
            key |= np.uint64(start + 1)
            while slots[slot] and not (
                slots[slot] & ~_PLACE == key & ~_PLACE
                and _is_pair(letters, edges, int(slots[slot] & _PLACE) - 1, start)
            ):
                slot = (slot + _ONE) & mask
        else:
            while slots[slot] and slots[slot] != key:
                slot = (slot + _ONE) & mask
        if slots[slot]:
            repeats[start] = 3
        else:
            slots[slot], counts[slot] = key, 0
        counts[slot] += np.uint32(1)
        keys[start] = slot + _ONE
    for start in range(runs):
        if repeats[start] == 1 and counts[keys[start] - _ONE] == 1:
            repeats[start] = 0


@helper
def _longer(runs: int, keys: Hashes, repeats: Bytes) -> int:
    """Find the runs of one word more that may repeat; say how many there are."""
    candidates = 0
    for start in range(runs):
        repeats[start] &= repeats[start + 1] & 1
        candidates += repeats[start]
        keys[start] = keys[start] << np.uint64(32) | keys[start + 1]
    return candidates


@helper
def _top(  # noqa: PLR0913, PLR0917
    text: _Letters, count: int, keys: Hashes, repeats: Bytes, seen: Bytes, table: Hashes,
    counts: NDArray[np.uint32], found: Numbers,
) -> None:  # fmt: skip
    """
    Find the most frequent run of each length in `TOP`.

    What may repeat is noted by a hash first, and only that is looked up; of longer runs,
    only those of which both shorter ones do repeat.
    """
    letters, edges, upto, hashes = text
    candidates = _pairs(hashes, count - 1, keys, repeats, seen[: _power(16 * count)])
    for k in range(len(TOP)):
        size = TOP[k]
        if count < size:
            break
        most, best = 1, 0
        if candidates:
            slots = table[: _power(2 * candidates)]
            _times(letters, edges, count - size + 1, keys, repeats, slots, counts, k == 0)
            for start in range(count - size + 1):
                if repeats[start] == 1 and int(counts[keys[start] - _ONE]) > most:
                    most, best = int(counts[keys[start] - _ONE]), start
        found[k] = most * (upto[best + size] - upto[best] + size - 1)
        candidates = _longer(count - size, keys, repeats)


@helper
def _head(letters: Bytes, at: int) -> np.uint64:
    """A hash of sixteen letters."""
    return mixed(mixed(eight(letters, at)) ^ eight(letters, at + 8))


@helper
def _whole(letters: Bytes, at: int, length: int) -> np.uint64:
    """A hash of fewer."""
    value = np.uint64(length)
    if length > 8:
        value = mixed(value ^ eight(letters, at))
        at, length = at + 8, length - 8
    return mixed(value ^ _some(letters, at, length))


@helper
def _may_repeat(text: _Letters, count: int, keys: Hashes, repeats: Bytes, seen: Bytes) -> int:
    """
    Find the words from which on a run may repeat; say how many there are.

    Two runs that are one have their first sixteen letters in common, or are one as a whole.
    """
    seen[:] = 0
    letters, edges, _, _ = text
    fewest, longest = DUPLICATE[0], DUPLICATE[len(DUPLICATE) - 1]
    for start in range(count - fewest + 1):
        at = edges[start]
        keys[start] = _head(letters, at)
        _mark(seen, keys[start])
        for behind in range(start + fewest, min(start + longest, count) + 1):
            if edges[behind] - at >= 16:
                break
            _mark(seen, _whole(letters, at, edges[behind] - at))
    candidates = 0
    for start in range(count - fewest + 1):
        at = edges[start]
        may = _is_marked_twice(seen, keys[start])
        for behind in range(start + fewest, min(start + longest, count) + 1):
            if may or edges[behind] - at >= 16:
                break
            may = _is_marked_twice(seen, _whole(letters, at, edges[behind] - at))
        repeats[start] = may
        candidates += may
    return candidates


@register_jitable(forceinline=True)
def _duplicate(  # noqa: PLR0913, PLR0917
    text: _Letters, count: int, keys: Hashes, repeats: Bytes, seen: Bytes,
    entries: NDArray[np.uint32], found: Numbers,
) -> None:  # fmt: skip
    """Sum up the repeated runs of each length in `DUPLICATE`; two are one whose letters are."""
    candidates = _may_repeat(text, count, keys, repeats, seen[: _power(16 * count)])
    if not candidates:
        return
    slots = entries[: _power(2 * len(DUPLICATE) * candidates)]
    slots[:] = 0
    mask = np.uint64(len(slots) - 1)
    letters, edges, upto, _ = text
    goes_on = np.zeros(len(DUPLICATE), np.int64)  # where, behind the last one that repeats
    soonest = 0
    for start in range(count - DUPLICATE[0] + 1):
        if not repeats[start] or start < soonest:
            continue
        begin = at = edges[start]
        value, soonest = np.uint64(0), count
        for k in range(min(len(DUPLICATE), count - start - DUPLICATE[0] + 1)):
            stop = edges[start + DUPLICATE[k]]
            while stop - at > 8:
                value = mixed(value ^ eight(letters, at))
                at += 8
            if start >= goes_on[k]:
                key = mixed((value ^ _some(letters, at, stop - at)) + np.uint64(k))
                kind = np.uint32(key >> np.uint64(32)) & _KIND | np.uint32(k) << _LENGTH
                slot = key & mask
                while slots[slot]:
                    other = int(slots[slot] & _WORD) - 1
                    if (
                        slots[slot] & ~_WORD == kind
                        and edges[other + DUPLICATE[k]] - edges[other] == stop - begin
                        and _is_equal(letters, edges[other], begin, stop - begin)
                    ):
                        found[len(TOP) + k] += upto[start + DUPLICATE[k]] - upto[start]
                        goes_on[k] = start + DUPLICATE[k]
                        break
                    slot = (slot + _ONE) & mask
                else:
                    slots[slot] = kind | np.uint32(start + 1)
            soonest = min(soonest, goes_on[k])


DOLMA, ALL, COVERED, NEMO = range(4)


@kernel
def tuples(content: Bytes, words: Pieces) -> Any:  # noqa: ANN401
    """
    For each length in `DUPLICATE`, code points of runs that are equal word by word; (N, 6, 4).

    Those of every run of which there are several, and of every run: as Dolma divides.  Those
    of words that are in a run of several: as RedPajama and DCLM have it.  Those of runs that
    repeat an earlier one, with a space between two words, without what the run before has
    counted: as NeMo has it.  -1 for a text of more than `MOST` words.
    """
    found = np.zeros((len(words.offsets) - 1, len(DUPLICATE), 4), np.int64)
    text, keys, repeats, seen, table, _, counts = _room(words, 2)
    for n in range(len(found)):
        first, count = words.offsets[n], words.offsets[n + 1] - words.offsets[n]
        if count > MOST:
            found[n] = -1
            continue
        _gather(content, words, first, count, text)
        candidates = _pairs(text.hashes, count - 1, keys, repeats, seen[: _power(16 * count)])
        for size in range(2, DUPLICATE[len(DUPLICATE) - 1] + 1):
            runs = count - size + 1
            if candidates:
                slots = table[: _power(2 * candidates)]
                _times(text.letters, text.edges, runs, keys, repeats, slots, counts, size == 2)
            if size >= DUPLICATE[0]:
                _sum(text.upto, runs, size, repeats, found[n, size - DUPLICATE[0]])
            candidates = _longer(runs - 1, keys, repeats)
    return found


@helper
def _sum(upto: Numbers, runs: int, size: int, repeats: Bytes, found: Numbers) -> None:
    """Sum up the runs of one length, by three definitions."""
    covered = counted = 0  # up to which word
    for start in range(runs):
        stop = start + size
        length = upto[stop] - upto[start]
        found[ALL] += length
        if not repeats[start]:
            continue
        found[DOLMA] += length
        found[COVERED] += upto[stop] - upto[max(start, covered)]
        covered = stop
        if repeats[start] == 3:
            begin = max(start, counted)
            found[NEMO] += upto[stop] - upto[begin] + min(stop - begin, size - 1)
            counted = stop
