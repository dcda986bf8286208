"""Texts cut into words, lines and paragraphs, and which pieces of a text repeat others."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.measures import kernel

Bytes: TypeAlias = NDArray[np.uint8]
Numbers: TypeAlias = NDArray[np.int64]

FEED, FEEDS, PARAGRAPHS, LINES = range(4)
"""What parts lines: ``split("\\n")``, ``re.split("\\n+")``, ``re.split("\\n{2,}")`` of the
stripped text, `str.splitlines`."""

ALPHABETIC, NUMERIC = 1, 2  # bits of `classes`

_OFFSET, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # of FNV-1a


class Pieces(NamedTuple):
    """
    Pieces of texts, in order.

    Attributes:
        offsets: The first piece of each text, and one more than the last; shape (N + 1,).
        start: Where each begins, in bytes of all texts; shape (P,), int32 where that is enough.
        stop: Where it ends.
        length: How many code points it has.
    """

    offsets: Numbers
    start: Numbers
    stop: Numbers
    length: Numbers


@functools.cache
def classes() -> Bytes:
    """Of every code point, whether `str.isalpha` and `str.isalnum` hold; shape (1114112,)."""
    every = [chr(point) for point in range(0x110000)]
    alphabetic = np.frombuffer(bytes(map(str.isalpha, every)), np.uint8)
    numeric = np.frombuffer(bytes(map(str.isalnum, every)), np.uint8)
    return np.asarray(alphabetic * ALPHABETIC + (numeric & ~alphabetic & 1) * NUMERIC)


@register_jitable
def code_point(content: Bytes, at: int) -> tuple[int, int]:
    """The code point at a byte of sound UTF-8, and where the next one begins."""
    first = np.int64(content[at])
    if first < 0x80:
        return int(first), at + 1
    if first < 0xE0:
        return int((first & 0x1F) << 6 | (content[at + 1] & 0x3F)), at + 2
    if first < 0xF0:
        low = np.int64(content[at + 1] & 0x3F) << 6 | (content[at + 2] & 0x3F)
        return int((first & 0x0F) << 12 | low), at + 3
    low = np.int64(content[at + 1] & 0x3F) << 12 | np.int64(content[at + 2] & 0x3F) << 6
    return int((first & 0x07) << 18 | low | (content[at + 3] & 0x3F)), at + 4


@register_jitable
def is_space(point: int) -> bool:
    """Say whether Python's `str.isspace` calls the character one."""
    if point < 0x80:
        return 9 <= point <= 13 or 28 <= point <= 32
    if point < 0x2000:
        return point in (0x85, 0xA0, 0x1680)
    return point <= 0x200A or point in (0x2028, 0x2029, 0x202F, 0x205F, 0x3000)


@register_jitable
def ends_line(point: int) -> bool:
    """Say whether Python's `str.splitlines` cuts at the character."""
    if point < 0x80:
        return 10 <= point <= 13 or 28 <= point <= 30
    return point in (0x85, 0x2028, 0x2029)


def words(content: Bytes, offsets: Numbers) -> Pieces:
    """
    Words, as `str.split` parts them, and symbols.

    What stands before the first letter or digit of a word, or behind its last one, is no
    part of it: each run of one character there is a symbol, a piece by itself.  So
    ``"Well... (don't!)"`` is ``Well``, ``...``, ``(``, ``don't``, ``!``, ``)``.
    """
    return _kept(_words, content, offsets, classes())


def lines(content: Bytes, offsets: Numbers, parted: int) -> Pieces:
    """Lines, or what else `FEED` and its like part."""
    return _kept(_lines, content, offsets, parted)


def _kept(walk: Callable[..., int], content: Bytes, offsets: Numbers, *how: Any) -> Pieces:  # noqa: ANN401
    """Go through all twice, to count and to keep: an array that grows is four times as slow."""
    small = len(content) < 1 << 31  # half as much memory takes half as long to come by
    firsts, kind = np.zeros_like(offsets), np.int32 if small else np.int64
    count = walk(content, offsets, firsts, np.zeros((3, 0), kind), *how)
    kept = np.empty((3, count), kind)
    walk(content, offsets, firsts, kept, *how)
    return Pieces(firsts, *kept)


@register_jitable
def _keep(kept: Numbers, number: int, start: int, stop: int, length: int) -> None:
    if number < kept.shape[1]:
        kept[0, number], kept[1, number], kept[2, number] = start, stop, length


@register_jitable
def _symbols(  # noqa: PLR0913, PLR0917
    content: Bytes, start: int, stop: int, kept: Numbers, used: int, classes: Bytes,
    begins: bool,  # noqa: FBT001
) -> tuple[int, int]:  # fmt: skip
    """Keep each run of one character, up to a letter or digit if it *begins* a word."""
    at = start
    while at < stop:
        point, after = code_point(content, at)
        if begins and classes[point]:
            break
        length = 1
        while after < stop:
            another, behind = code_point(content, after)
            if another != point:
                break
            after, length = behind, length + 1
        _keep(kept, used, at, after, length)
        used, at = used + 1, after
    return used, at


@register_jitable
def _parted(  # noqa: PLR0913, PLR0917
    content: Bytes, start: int, stop: int, kept: Numbers, used: int, classes: Bytes
) -> int:
    """Keep a word, and the symbols before and behind it."""
    used, first = _symbols(content, start, stop, kept, used, classes, True)  # noqa: FBT003
    at, last, length, inside = first, first, 0, 0
    while at < stop:
        point, at = code_point(content, at)
        inside += 1
        if classes[point]:
            last, length = at, inside
    if last > first:
        _keep(kept, used, first, last, length)
        used += 1
    used, _ = _symbols(content, last, stop, kept, used, classes, False)  # noqa: FBT003
    return used


@register_jitable
def _is_plain(byte: int) -> bool:
    """Say whether it is a letter or a digit of ASCII."""
    return 0x30 <= byte <= 0x39 or 0x61 <= byte | 0x20 <= 0x7A


@kernel
def _words(content: Bytes, offsets: Numbers, firsts: Numbers, kept: Numbers, classes: Bytes) -> int:
    used = 0
    for n in range(len(offsets) - 1):
        at, stop = offsets[n], offsets[n + 1]
        start, length = -1, 0
        while at < stop:
            here = at
            if 0x20 < content[at] < 0x7F:  # most of most texts
                at += 1
                space = False
            else:
                point, at = code_point(content, at)
                space = is_space(point)
            if not space:
                start, length = (here, 1) if start < 0 else (start, length + 1)
            if start < 0 or not (space or at == stop):
                continue
            end = here if space else stop
            if _is_plain(content[start]) and _is_plain(content[end - 1]):  # most words
                _keep(kept, used, start, end, length)
                used += 1
            else:
                used = _parted(content, start, end, kept, used, classes)
            start = -1
        firsts[n + 1] = used
    return used


@register_jitable
def stripped(content: Bytes, start: int, stop: int) -> tuple[int, int]:
    """What `str.strip` leaves."""
    while start < stop:
        point, after = code_point(content, start)
        if not is_space(point):
            break
        start = after
    while stop > start:
        last = stop - 1
        while content[last] & 0xC0 == 0x80:
            last -= 1
        if not is_space(code_point(content, last)[0]):
            break
        stop = last
    return start, stop


@kernel
def _lines(content: Bytes, offsets: Numbers, firsts: Numbers, kept: Numbers, parted: int) -> int:
    used, fewest = 0, 2 if parted == PARAGRAPHS else 1  # line feeds that part
    for n in range(len(offsets) - 1):
        at, stop = offsets[n], offsets[n + 1]
        if parted == PARAGRAPHS:
            at, stop = stripped(content, at, stop)
        start, length = at, 0
        while at < stop:
            here = at
            if 0x20 <= content[at] < 0x7F:
                at += 1
                length += 1
                continue
            point, at = code_point(content, at)
            if parted == LINES:
                parts = ends_line(point)
                at += point == 13 and at < stop and content[at] == 10
            else:
                parts = point == 10
                if parts and parted != FEED:
                    while at < stop and content[at] == 10:
                        at += 1
                    parts = at - here >= fewest
            if parts:
                _keep(kept, used, start, here, length)
                used, start, length = used + 1, at, 0
            else:
                length += 1
        if parted != LINES or start < stop:
            _keep(kept, used, start, stop, length)
            used += 1
        firsts[n + 1] = used
    return used


@register_jitable
def hashed(content: Bytes, start: int, stop: int) -> np.uint64:
    """FNV-1a of some bytes."""
    value = _OFFSET
    for at in range(start, stop):
        value = (value ^ np.uint64(content[at])) * _PRIME
    return value


@register_jitable
def is_equal(content: Bytes, one: int, other: int, length: int) -> bool:
    """Compare so many bytes at two places."""
    for n in range(length):  # noqa: SIM110  -- numba makes no machine code of a generator
        if content[one + n] != content[other + n]:
            return False
    return True


@kernel
def repeated(content: Bytes, pieces: Pieces) -> Any:  # noqa: ANN401
    """Pieces of each text that repeat an earlier one, and their code points; shape (N, 2)."""
    found = np.zeros((len(pieces.offsets) - 1, 2), np.int64)
    size = 16
    for n in range(len(found)):
        while size < 2 * (pieces.offsets[n + 1] - pieces.offsets[n]):
            size *= 2
    table, mask = np.full((size, 2), -1, np.int64), np.uint64(size - 1)  # text, and its piece
    for n in range(len(found)):
        for piece in range(pieces.offsets[n], pieces.offsets[n + 1]):
            start, length = pieces.start[piece], pieces.stop[piece] - pieces.start[piece]
            value = hashed(content, start, pieces.stop[piece])
            slot = np.int64((value ^ (value >> np.uint64(32))) & mask)
            while table[slot, 0] == n:
                other = table[slot, 1]
                if pieces.stop[other] - pieces.start[other] == length and is_equal(
                    content, pieces.start[other], start, length
                ):
                    found[n, 0] += 1
                    found[n, 1] += pieces.length[piece]
                    break
                slot = (slot + 1) & np.int64(mask)
            else:
                table[slot, 0], table[slot, 1] = n, piece
    return found
