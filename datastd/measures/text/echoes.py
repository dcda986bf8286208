"""What a text says four times in a row, or more often."""

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.bits import FIRST, eight
from datastd.measures import helper, kernel
from datastd.measures.text.pieces import Bytes, Numbers, code_point, is_equal, is_space

LONGEST = 61
"""Bytes of what is repeated: so the time that a byte takes has a bound, whatever the text."""

_LAGS = LONGEST + 3  # white space has three bytes at most
_BLOCK = 1 << 13  # bytes of a text that are looked at together
_SHORT, _GAPS = 3, 4  # bytes of a short group, and of one with white space behind it
_BITS, _ODD = 11, np.uint32(0x9E3779B1)  # of a hash of four bytes
_FEW = 4  # bytes for each one that is looked at by itself
_ENOUGH = np.uint8(200)  # bytes in a row, of which more are not counted


@helper
def _space(content: Bytes, at: int, stop: int) -> int:
    """How many bytes of white space begin here: those of one character, or none."""
    if at >= stop:
        return 0
    point, after = code_point(content, at)
    return after - at if is_space(point) else 0


@helper
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


@helper
def _matched(content: Bytes, start: int, length: int, stop: int) -> int:
    """Where a match ends whose group has this length; 0 if there is none."""
    ways = 8 if _space(content, start, stop) == length else 1
    for way in range(ways):
        end = _end(content, start, length, stop, way)
        if end:
            return end
    return 0


@register_jitable
def _weighed(near: Bytes, known: int, white: Bytes, worth: NDArray[np.uint64]) -> None:
    """
    Which lags are worth a look at each place of a block, as bits.

    From the end on, for all lags at once: how many bytes in a row are those a lag behind them,
    and whether that is enough for a group, and white space up to its second time.
    """
    alike, lags = np.zeros(_LAGS, np.uint8), np.arange(1, _LAGS + 1).astype(np.uint8)
    for at in range(min(known, len(worth) + _LAGS) - 1, -1, -1):
        byte, behind, ends = near[at], near[at + 1 : at + 1 + _LAGS], white[at : at + _LAGS]
        hit = np.uint8(0)
        for k in range(_LAGS):
            alike[k] = (alike[k] + (alike[k] < _ENOUGH)) * (behind[k] == byte)
            hit = np.uint8(hit | ((alike[k] + ends[k] >= lags[k]) & (alike[k] > 0)))
        if at < len(worth):
            begins = byte & 0xC0 != 0x80 and byte != 10  # a group may
            worth[at] = 0
            for k in range(_LAGS if hit and begins else 0):
                enough = (alike[k] + ends[k] >= lags[k]) & (alike[k] > 0)
                worth[at] |= np.uint64(enough) << np.uint64(k)


@helper
def _blanks(near: Bytes, known: int, white: Bytes) -> None:
    """Note with each byte of how many bytes is the white space that ends with it."""
    wide = False
    for at in range(known):
        byte = near[at]
        white[at] = (byte >= 9) & (byte <= 13) | (byte >= 28) & (byte <= 32)
        wide |= byte >= 0xC2
    white[known:] = 0
    for at in range(known if wide else 0):
        if near[at] == 0xC2 or 0xE1 <= near[at] <= 0xE3:
            point, after = code_point(near, at)
            white[after - 1] = after - at if is_space(point) else 0


@helper
def _again(near: Bytes, white: Bytes, length: int, may: Bytes) -> None:
    """Note where one to three bytes are there again behind them, and behind white space."""
    one, two = min(1, length - 1), length - 1
    first, second, third = near[: len(may)], near[one:], near[two:]
    for gap in range(4):
        lag = length + gap
        other, another, last = near[lag:], near[lag + one :], near[lag + two :]
        ends, touches = white[lag - 1 :], gap == 0
        for at in range(len(may)):
            alike = (first[at] == other[at]) & (second[at] == another[at])
            alike = alike & (third[at] == last[at]) & ((ends[at] == gap) | touches)
            may[at] |= alike


@helper
def _chained(near: Bytes, begin: int, last: Numbers, steps: Bytes, chain: Bytes) -> None:
    """
    Note with each byte after how many the four from it on come again, if that is before long.

    And how often they do, up to three times.  From the end on, by where they were *last* seen,
    by a hash: what was seen of another text, or of what is before, is not behind.
    """
    four, top = np.uint32(0), np.uint64(32 - _BITS)
    for at in range(len(steps) - 1, -1, -1):
        four = np.uint32(four << np.uint32(8) | np.uint32(near[at]))
        slot = np.uint64(np.uint32(four * _ODD)) >> top
        step = last[slot] - (begin + at)
        last[slot] = begin + at
        close = (step > 0) & (step <= _LAGS)  # which cannot be foreseen
        step *= close
        steps[at] = step
        chain[at] = min(chain[at + step] + 1, 3) * close


@helper
def _places(near: Bytes, white: Bytes, chain: Bytes, once: Bytes, may: Bytes) -> None:
    """Note where the pattern may match."""
    once[:], may[:] = 0, 0
    _again(near, white, 1, once)
    for at in range(len(may)):
        may[at] = once[at] & (once[at + 1] | once[at + 2] | once[at + 3] | once[at + 4])
    _again(near, white, 2, may)
    _again(near, white, 3, may)
    for at in range(len(may)):
        begins = (near[at] & 0xC0 != 0x80) & (near[at] != 10)  # a group may
        may[at] = ((may[at] > 0) | (chain[at] > 2)) & begins


@helper
def _bit(near: Bytes, white: Bytes, at: int, lag: int) -> np.uint64:
    """The bit of a lag, if the first bytes of a group come again after it, and once more."""
    length = max(lag - white[at + lag - 1], 1)
    block, mask = eight(near, at), FIRST[np.uint64(min(length, 8))]
    found = np.uint64(0)
    if (block ^ eight(near, at + lag)) & mask == 0:
        for third in range(at + lag + length, at + lag + lag + _GAPS):
            if (block ^ eight(near, third)) & mask == 0:
                found = np.uint64(1) << np.uint64(lag - 1)
    return found


@helper
def _worth(near: Bytes, white: Bytes, at: int, steps: Bytes) -> np.uint64:
    """Which lags are worth a look at one place, as bits."""
    found = np.uint64(0)
    for lag in range(1, _SHORT + _GAPS):
        found |= _bit(near, white, at, lag)
    behind, step = np.int64(0), np.int64(steps[at])
    while step and behind + step <= _LAGS:
        behind += step
        found |= _bit(near, white, at, int(behind))
        step = np.int64(steps[at + behind])
    return found


@helper
def _first(  # noqa: PLR0913, PLR0917
    content: Bytes, start: int, stop: int, most: int, worth: np.uint64, white: Bytes, at: int
) -> int:
    """Where the match ends whose group is the shortest, of the lags that are worth it; or 0."""
    end, lag = 0, 1
    while worth and not end:
        if worth & np.uint64(1):
            length = lag - white[at + lag - 1]
            if 0 < length <= most:
                end = _matched(content, start, length, stop)
            if not end and length < lag <= most:
                end = _matched(content, start, lag, stop)
        worth, lag = worth >> np.uint64(1), lag + 1
    return end


@kernel
def echoed(content: Bytes, offsets: Numbers) -> Numbers:
    r"""
    Code points of each text that ``(.+?)(\s?\1){3,}`` covers, a group of `LONGEST` bytes at most.

    Block by block; the pattern is tried where bytes come again as those of a group do: up to
    `_SHORT` of them at once, or the first four three times.  Where that is so at many
    places, all lags of a block are looked at together.
    """
    found = np.zeros(len(offsets) - 1, np.int64)
    near = np.zeros(_BLOCK + 5 * _LAGS, np.uint8)  # the bytes of a block, and some behind it
    white = np.zeros(len(near), np.uint8)
    once, may = np.zeros(_BLOCK + _GAPS, np.uint8), np.zeros(_BLOCK, np.uint8)
    steps, chain = np.zeros(len(near), np.uint8), np.zeros(len(near), np.uint8)
    last, worth = np.full(1 << _BITS, -1), np.zeros(_BLOCK, np.uint64)
    for n in range(len(found)):
        start, stop = offsets[n], offsets[n + 1]
        feed = start - 1
        while start < stop:
            begin, count, tried = start, min(_BLOCK, stop - start), 0
            known = min(stop - start, _BLOCK + 4 * _LAGS)
            near[:known], near[known : known + _LAGS] = content[begin : begin + known], 0
            _blanks(near, known, white[: known + _LAGS])
            _chained(near, begin, last, steps[:known], chain)
            _places(near, white, chain, once[: count + _GAPS], may[:count])
            while start < begin + count:
                at, end = start - begin, 0
                if at + 8 <= count and eight(may, at) == 0:
                    start += 8
                    continue
                if may[at]:
                    if tried < count // _FEW:
                        worth[at] = _worth(near, white, at, steps)
                    elif tried == count // _FEW:
                        _weighed(near, known, white, worth[:count])
                    tried += 1
                    while feed < start or (feed < stop and content[feed] != 10):
                        feed = max(start, feed + 1)  # the next line feed, which no group may have
                    most = min(feed - start, LONGEST)
                    end = _first(content, start, stop, most, worth[at], white, at)
                for place in range(start, end):
                    found[n] += content[place] & 0xC0 != 0x80
                start = max(end, start + 1)
    return found
