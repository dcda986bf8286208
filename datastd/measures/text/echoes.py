"""What a text says four times in a row, or more often."""

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.measures import helper, kernel
from datastd.measures.text.pieces import Bytes, Numbers, code_point, is_equal, is_space

LONGEST = 61
"""Bytes of what is repeated: so the time that a byte takes has a bound, whatever the text."""

_LAGS = LONGEST + 3  # white space has three bytes at most
_BLOCK = 1 << 13  # bytes of a text that are looked at together
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


@helper
def _first(  # noqa: PLR0913, PLR0917
    content: Bytes, start: int, stop: int, most: int, worth: np.uint64, white: Bytes
) -> int:
    """Where the match ends whose group is the shortest, of the lags that are worth it; or 0."""
    end, lag = 0, 1
    while worth and not end:
        if worth & np.uint64(1):
            length = lag - white[lag - 1]
            if 0 < length <= most:
                end = _matched(content, start, length, stop)
            if not end and length < lag <= most:
                end = _matched(content, start, lag, stop)
        worth, lag = worth >> np.uint64(1), lag + 1
    return end


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


@kernel
def echoed(content: Bytes, offsets: Numbers) -> Numbers:
    r"""
    Code points of each text that ``(.+?)(\s?\1){3,}`` covers, a group of `LONGEST` bytes at most.

    Block by block; the pattern is tried where as many bytes come again as a group has.
    """
    found = np.zeros(len(offsets) - 1, np.int64)
    near = np.zeros(_BLOCK + 3 * _LAGS, np.uint8)  # the bytes of a block, and some behind it
    white = np.zeros(len(near), np.uint8)  # of how many bytes is white space that ends with each
    worth = np.zeros(_BLOCK, np.uint64)
    for n in range(len(found)):
        start, stop = offsets[n], offsets[n + 1]
        feed = start - 1
        while start < stop:
            begin, count = start, min(_BLOCK, stop - start)
            known = min(stop - start, _BLOCK + 2 * _LAGS)
            near[:known], near[known : known + _LAGS] = content[begin : begin + known], 0
            white[: known + _LAGS] = 0
            for at in range(known):
                if near[at] < 0x80:
                    white[at] = is_space(near[at])
                elif near[at] >= 0xC0:
                    point, after = code_point(near, at)
                    white[after - 1] = after - at if is_space(point) else 0
            _weighed(near, known, white, worth[:count])
            while start < begin + count:
                at, end = start - begin, 0
                if worth[at]:
                    while feed < start or (feed < stop and content[feed] != 10):
                        feed = max(start, feed + 1)  # the next line feed, which no group may have
                    most = min(feed - start, LONGEST)
                    end = _first(content, start, stop, most, worth[at], white[at:])
                for place in range(start, end):
                    found[n] += content[place] & 0xC0 != 0x80
                start = max(end, start + 1)
    return found
