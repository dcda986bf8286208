"""What a text says four times in a row, or more often."""

import numpy as np
from numba.extending import register_jitable

from datastd.measures import kernel
from datastd.measures.text.pieces import Bytes, Numbers, code_point, is_equal, is_space

LONGEST = 64
"""Bytes of what is repeated: so the time that a byte takes has a bound, whatever the text."""

_SHORT = 3  # bytes of groups that are looked for one by one
_WIDEST = 3  # bytes of white space
_RING = 128  # places of which it is known where the same four bytes come next
_PRIME = np.uint32(2654435769)


@register_jitable
def _space(content: Bytes, at: int, stop: int) -> int:
    """How many bytes of white space begin here: those of one character, or none."""
    if at >= stop:
        return 0
    point, after = code_point(content, at)
    return after - at if is_space(point) else 0


@register_jitable
def _end(content: Bytes, start: int, length: int, stop: int, way: int) -> int:
    r"""
    Where ``(.+?)(\s?\1){3,}`` ends whose group has this length; 0 if it does not match.

    A group that is white space may follow itself with and without the optional one; *way* says
    as bits which of the first three do without, as if a pattern had gone back.
    """
    end, times = start + length, 0
    while True:
        behind = end + _space(content, end, stop)
        spaced = behind > end and (times > 2 or not way >> (2 - times) & 1)
        if spaced and behind + length <= stop and is_equal(content, start, behind, length):
            end = behind + length
        elif end + length <= stop and is_equal(content, start, end, length):
            end += length
        else:
            return end if times > 2 else 0
        times += 1


@register_jitable
def _matched(content: Bytes, start: int, length: int, stop: int) -> int:
    """Where a match ends whose group has this length; 0 if there is none."""
    ways = 8 if _space(content, start, stop) == length else 1
    for way in range(ways):
        end = _end(content, start, length, stop, way)
        if end:
            return end
    return 0


@register_jitable
def _long(content: Bytes, start: int, again: int, most: int, stop: int) -> int:
    """Where the shortest match ends whose group is for a second time *again*; 0 if none does."""
    before, end = again - 1, 0
    while content[before] & 0xC0 == 0x80:
        before -= 1
    if start + _SHORT < before <= start + most and is_space(code_point(content, before)[0]):
        end = _matched(content, start, before - start, stop)
    if not end and start + _SHORT < again <= start + most:
        end = _matched(content, start, again - start, stop)
    return end


@kernel
def echoed(content: Bytes, offsets: Numbers) -> Numbers:  # noqa: C901, PLR0912
    r"""
    Code points of each text that ``(.+?)(\s?\1){3,}`` covers, a group of `LONGEST` bytes at most.

    Groups are tried from the shortest to the longest, as the pattern does: those of up to three
    bytes at each place, longer ones where the four bytes of the place come again.
    """
    found = np.zeros(len(offsets) - 1, np.int64)
    white = np.zeros(256, np.bool_)  # what white space may begin with
    for first in range(256):
        white[first] = is_space(first) if first < 0x80 else first in {0xC2, 0xE1, 0xE2, 0xE3}
    last, following = np.full(1 << 12, -_RING), np.zeros(_RING, np.int64)
    for n in range(len(found)):
        start, stop = offsets[n], offsets[n + 1]
        seen, feed, four = start, start - 1, np.uint32(0)
        while start < stop:
            byte = content[start]
            if byte & 0xC0 == 0x80 or byte == 10:  # no group begins here
                start += 1
                continue
            if feed < start:  # the next line feed, which no group may have
                feed = start
                while feed < stop and content[feed] != 10:
                    feed += 1
            end, most = 0, min(feed - start, LONGEST)
            while seen < min(stop, start + LONGEST + _WIDEST + 4):
                four = np.uint32(four << np.uint32(8) | np.uint32(content[seen]))
                slot = np.int64(np.uint32(four * _PRIME) >> np.uint32(20))
                at = seen - 3  # where these four begin
                if at - last[slot] < _RING:
                    following[last[slot] & (_RING - 1)] = at
                following[at & (_RING - 1)], last[slot] = stop, at
                seen += 1
            near = start + _SHORT + _WIDEST >= stop  # whether a short group may come again
            for place in range(1, 1 if near else _SHORT + _WIDEST + 1):
                near |= content[start + place] == byte
            for length in range(1, min(most, _SHORT) + 1 if near else 1):
                again = start + length
                if end or again >= stop or content[again] & 0xC0 == 0x80:
                    continue
                if content[again] == byte or white[content[again]]:
                    end = _matched(content, start, length, stop)
            again = following[start & (_RING - 1)] if start + 3 < stop else stop
            while not end and again + 3 < seen:
                end = _long(content, start, again, most, stop)
                again = following[again & (_RING - 1)]
            for at in range(start, end):
                found[n] += content[at] & 0xC0 != 0x80
            start = max(end, start + 1)
    return found
