"""Words of a text as numbers, and runs of ten of them that it has again."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.bits import FIRST, HIGH, eight, lowered
from datastd.measures import helper, kernel
from datastd.measures.text.kinds import ALPHANUMERIC, BEYOND
from datastd.measures.text.pieces import Bytes, Numbers, Pieces, code_point, mixed
from datastd.measures.text.rolling import FACTOR, leading, rolled, rolled_on
from datastd.waiting import once

Values: TypeAlias = NDArray[Any]  # uint32

RUN = 10
"""Characters, or words, of a run."""


@once
def small() -> NDArray[np.int32]:
    """The small letter of each code point before `BEYOND`, where that is one character."""
    lower = (chr(point).lower() for point in range(BEYOND))
    return np.array([ord(one[0]) if len(one) == 1 else n for n, one in enumerate(lower)], np.int32)


@helper
def _size(values: int) -> int:
    """Slots of a table for so many values: a power of two, half of which stay free."""
    size = 16
    while size < 2 * values:
        size *= 2
    return size


@helper
def _letter(content: Bytes, at: int, small: NDArray[np.int32]) -> tuple[int, int]:
    """The code point at a byte, as a small letter, and where the next one begins."""
    point, after = code_point(content, at)
    return int(small[point]) if point < len(small) else point, after


@helper
def _is_alike(  # noqa: PLR0913, PLR0917
    content: Bytes, here: int, end: int, there: int, stop: int, small: NDArray[np.int32]
) -> bool:
    """Say whether two words are one in small letters."""
    while here < end and there < stop:
        first, here = _letter(content, here, small)
        second, there = _letter(content, there, small)
        if first != second:
            return False
    return bool(here == end and there == stop)


@helper
def _key(content: Bytes, start: int, stop: int, small: NDArray[np.int32]) -> tuple[np.uint64, int]:
    """
    A word in small letters: they themselves, and how many, where eight bytes of ASCII hold them.

    Else a hash of them, and 0.
    """
    if stop - start <= 8 and start + 8 <= len(content):
        letters = eight(content, start) & FIRST[np.uint64(stop - start)]
        if not letters & HIGH:
            return lowered(letters), stop - start
    letters, value, count, at = np.uint64(0), np.uint64(0), 0, start
    while at < stop:  # a Kelvin sign is a k, too
        point, at = _letter(content, at, small)
        if point >= 0x80 or count == 8:
            count = 9
        if count < 8:
            letters |= np.uint64(point) << np.uint64(8 * count)
            count += 1
        value = (value ^ np.uint64(point)) * FACTOR
    return (letters, count) if count <= 8 else (value, 0)


@kernel
def numbered(
    content: Bytes, words: Pieces, table: Bytes, small: NDArray[np.int32]
) -> NDArray[np.int32]:
    """
    A number for each word, shape (P,): that of the first word of its text which is alike in
    small letters, counted from 0, or, of a symbol, -1 and less.
    """
    numbers = np.empty(len(words.start), np.int32)
    most = 0
    for n in range(len(words.offsets) - 1):
        most = max(most, words.offsets[n + 1] - words.offsets[n])
    slots, keys = np.empty(_size(most), np.int32), np.empty(most, np.uint64)
    counts = np.empty(most, np.uint8)
    for n in range(len(words.offsets) - 1):
        first, count = words.offsets[n], words.offsets[n + 1] - words.offsets[n]
        there = slots[: _size(count)]  # as small as it may be: it stays in the cache
        mask = len(there) - 1
        there[:] = -1
        for word in range(count):
            start, stop = int(words.start[first + word]), int(words.stop[first + word])
            keys[word], counts[word] = _key(content, start, stop, small)
            slot = np.int64(mixed(keys[word]) & np.uint64(mask))
            known = there[slot]
            while known >= 0 and not (
                keys[known] == keys[word]
                and counts[known] == counts[word]
                and (
                    counts[word]
                    or _is_alike(
                        content, words.start[first + known], words.stop[first + known], start,
                        stop, small,
                    )
                )
            ):  # fmt: skip
                slot = (slot + 1) & mask
                known = there[slot]
            if known < 0:
                there[slot] = known = word
            # What begins with no letter or digit is a symbol, and has none.
            says = table[code_point(content, start)[0]] & ALPHANUMERIC
            numbers[first + word] = known if says else -1 - known
    return numbers


@helper
def _is_same(values: Values, one: int, other: int) -> bool:
    for place in range(RUN):  # noqa: SIM110  -- numba makes no machine code of a generator
        if values[one + place] != values[other + place]:
            return False
    return True


@helper
def _tally(values: Values, places: NDArray[np.int32], counts: NDArray[np.int32]) -> None:
    """Count each run of values, in a slot of its own."""
    places[:], counts[:] = -1, 0
    mask, power, value = np.uint64(len(places) - 1), leading(RUN), np.uint64(0)
    for start in range(len(values) - RUN + 1):
        value = rolled_on(value, values, start, RUN, power) if start else rolled(values, start, RUN)
        slot = np.int64(value >> np.uint64(32) & mask)
        while places[slot] >= 0 and not _is_same(values, places[slot], start):
            slot = (slot + 1) & (len(places) - 1)
        places[slot] = start
        counts[slot] += 1


@kernel
def words_again(numbers: NDArray[np.int32], offsets: Numbers) -> Any:  # noqa: ANN401
    """Runs of `RUN` words of each text that it has more than once, and all; shape (N, 2)."""
    found = np.zeros((len(offsets) - 1, 2), np.int64)
    most = 0
    for n in range(len(found)):
        most = max(most, offsets[n + 1] - offsets[n])
    kept = np.empty(most, np.uint32)
    places, counts = np.empty(_size(most), np.int32), np.empty(_size(most), np.int32)
    for n in range(len(found)):
        many = 0
        for word in range(offsets[n], offsets[n + 1]):
            if numbers[word] >= 0:  # no symbol
                kept[many] = numbers[word]
                many += 1
        size = _size(many)
        _tally(kept[:many], places[:size], counts[:size])
        for slot in range(size):
            found[n, 0] += counts[slot] if counts[slot] > 1 else 0
        found[n, 1] = max(0, many - RUN + 1)
    return found
