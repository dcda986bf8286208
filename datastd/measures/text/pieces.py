"""Texts cut into words, lines and paragraphs, and which pieces of a text repeat others."""

import string
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.bits import (
    BLOCK,
    FIRST,
    NONE,
    SEEN,
    SPACES,
    below,
    blanks,
    eight,
    first,
    lowest,
    many,
    upto,
)
from datastd.measures import helper, kernel
from datastd.waiting import once

Bytes: TypeAlias = NDArray[np.uint8]
Numbers: TypeAlias = NDArray[np.int64]

FEED, PARAGRAPHS, LINES = range(3)
"""What parts lines: ``split("\\n")``, ``re.split("\\n{2,}")`` of the stripped text,
`str.splitlines`."""

ALPHABETIC, NUMERIC, UPPER, DIGIT, DECIMAL, PUNCTUATION, TERMINAL = (1 << n for n in range(7))
"""Bits of `classes`: `str.isalpha`; `str.isalnum` without it; `str.isupper`; `str.isdigit`;
`str.isdecimal`, as ``\\d`` has it; a category of punctuation; an end of sentences."""

WORD = ALPHABETIC | NUMERIC

_TERMINAL = (
    "21 2E 3F 589 61D-61F 6D4 700-702 7F9 837 839 83D-83E 964-965 104A-104B 1362 1367-1368 166E "
    "1735-1736 17D4-17D6 17D9-17DA 1803 1809 1944-1945 1AA8-1AAB 1B5A-1B5B 1B5E-1B5F 1B7D-1B7E "
    "1C3B-1C3C 1C7E-1C7F 203C-203D 2047-2049 2E2E 2E3C 2E53-2E54 3002 A4FF A60E-A60F A6F3 A6F7 "
    "A876-A877 A8CE-A8CF A92F A9C8-A9C9 AA5D-AA5F AAF0-AAF1 ABEB FE52 FE56-FE57 FF01 FF0E FF1F "
    "FF61 10A56-10A57 10F55-10F59 10F86-10F89 11047-11048 110BE-110C1 11141-11143 111C5-111C6 "
    "111CD 111DE-111DF 11238-11239 1123B-1123C 112A9 1144B-1144C 115C2-115C3 115C9-115D7 "
    "11641-11642 1173C-1173E 11944 11946 11A42-11A43 11A9B-11A9C 11C41-11C42 11EF7-11EF8 "
    "11F43-11F44 16A6E-16A6F 16AF5 16B37-16B38 16B44 16E98 1BC9F 1DA88"
)
"""Sentence_Terminal of Unicode, as datatrove lists it: no quotes, and no ellipsis."""

_BEYOND = 0x40000  # nothing of a class is there, as Unicode is planned

_PRIME = np.uint64(0x9E3779B97F4A7C15)  # odd, and of no meaning

_MARKS = np.isin(np.arange(256), [*string.punctuation.encode()])
_WIDE, _SYMBOL, _PLAIN = 0, 2, 1
_BYTES = np.array(  # of ASCII, letters and digits, and what else is there
    [(_PLAIN if chr(byte).isalnum() else _SYMBOL) if byte < 0x80 else _WIDE for byte in range(256)],
    np.uint8,
)


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


@once
def classes() -> Bytes:
    """Of every code point, what holds of `ALPHABETIC` and its like; shape (1114112,)."""
    every = [chr(point) for point in range(_BEYOND)]
    found = np.zeros(0x110000, np.uint8)

    def hold(bit: int, says: Callable[[str], bool]) -> None:
        found[:_BEYOND] |= np.frombuffer(bytes(map(says, every)), np.uint8) * np.uint8(bit)

    hold(NUMERIC, str.isalnum)
    hold(ALPHABETIC, str.isalpha)
    found[found & ALPHABETIC > 0] = ALPHABETIC
    hold(UPPER, str.isupper)
    hold(DIGIT, str.isdigit)
    hold(DECIMAL, str.isdecimal)
    hold(PUNCTUATION, lambda one: unicodedata.category(one)[0] == "P")
    for span in _TERMINAL.split():
        first, _, last = span.partition("-")
        found[int(first, 16) : int(last or first, 16) + 1] |= TERMINAL
    return found


@helper
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


@helper
def is_space(point: int) -> bool:
    """Say whether Python's `str.isspace` calls the character one."""
    if point < 0x80:
        return 9 <= point <= 13 or 28 <= point <= 32
    if point < 0x2000:
        return point in (0x85, 0xA0, 0x1680)
    return point <= 0x200A or point in (0x2028, 0x2029, 0x202F, 0x205F, 0x3000)


@helper
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
    return _kept(_words, content, offsets, classes(), True)  # noqa: FBT003


def spaced(content: Bytes, offsets: Numbers) -> Pieces:
    """Words, as `str.split` parts them, with what is around them."""
    return _kept(_words, content, offsets, classes(), False)  # noqa: FBT003


def bare(content: Bytes, words: Pieces) -> Pieces:
    """Words without the punctuation of ASCII at both ends: some are empty then."""
    start, stop = words.start.copy(), words.stop.copy()
    _bare(content, start, stop)
    lost = (start - words.start) + (words.stop - stop)
    return Pieces(words.offsets, start, stop, words.length - lost)


def lines(content: Bytes, offsets: Numbers, parted: int) -> Pieces:
    """Lines, or what else `FEED` and its like part."""
    return _kept(_lines, content, offsets, parted)


def _kept(walk: Callable[..., int], content: Bytes, offsets: Numbers, *how: Any) -> Pieces:  # noqa: ANN401
    """Go through all once more where there are more pieces than most texts have."""
    small = len(content) < 1 << 31  # half as much memory takes half as long to come by
    firsts, kind = np.zeros_like(offsets), np.int32 if small else np.int64
    kept = np.empty((3, int(offsets[-1] - offsets[0]) // 4 + len(offsets)), kind)
    count = walk(content, offsets, firsts, kept, *how)
    if count > kept.shape[1]:
        kept = np.empty((3, count), kind)
        walk(content, offsets, firsts, kept, *how)
    return Pieces(firsts, *kept[:, :count])


@helper
def _keep(kept: Numbers, number: int, start: int, stop: int, length: int) -> None:
    if number < kept.shape[1]:
        kept[0, number], kept[1, number], kept[2, number] = start, stop, length


@helper
def _symbol_end(content: Bytes, at: int, stop: int, classes: Bytes) -> tuple[int, int]:
    """Where the run of one symbol ends that begins at a byte; its characters, 0 if none does."""
    byte = content[at]
    if byte < 0x80:
        if _BYTES[byte] == _PLAIN:
            return at, 0
        after = at + 1
        while after < stop and content[after] == byte:
            after += 1
        return after, after - at
    point, after = code_point(content, at)
    if classes[point] & WORD:
        return at, 0
    size, count = after - at, 1
    while after < stop and code_point(content, after)[0] == point:
        after, count = after + size, count + 1
    return after, count


@helper
def _said(content: Bytes, stop: int, classes: Bytes) -> tuple[int, int]:
    """Where the last letter or digit before a byte ends, and how many symbols are behind it."""
    behind = 0
    while True:
        at = stop - 1
        while content[at] & 0xC0 == 0x80:
            at -= 1
        if classes[code_point(content, at)[0]] & WORD:
            return stop, behind
        stop, behind = at, behind + 1


@helper
def _parted(  # noqa: PLR0913, PLR0917
    content: Bytes, start: int, stop: int, length: int, kept: Numbers, used: int, classes: Bytes
) -> int:
    """Keep a word of some code points, and the symbols before and behind it."""
    while start < stop:
        end, count = _symbol_end(content, start, stop, classes)
        if not count:
            end, behind = _said(content, stop, classes)
            count = length - behind
        _keep(kept, used, start, end, count)
        start, length, used = end, length - count, used + 1
    return used


@helper
def _cut(  # noqa: PLR0913, PLR0917
    content: Bytes, start: int, stop: int, length: int, kept: Numbers, used: int, classes: Bytes,
    symbols: bool,  # noqa: FBT001
) -> int:  # fmt: skip
    """Keep what stands between white space: as it is, or parted from its *symbols*."""
    if not symbols:
        _keep(kept, used, start, stop, length)
        return used + 1
    head, last = _BYTES[content[start]], _BYTES[content[stop - 1]]
    if head & last == _PLAIN:  # as most words
        _keep(kept, used, start, stop, length)
        return used + 1
    if head & _BYTES[content[stop - 2]] == _PLAIN and last == _SYMBOL:  # as most of the others
        _keep(kept, used, start, stop - 1, length - 1)
        _keep(kept, used + 1, stop - 1, stop, 1)
        return used + 2
    return _parted(content, start, stop, length, kept, used, classes)


@helper
def _wide_blanks(content: Bytes, at: int, wide: np.uint64) -> tuple[np.uint64, np.uint64, int]:
    """
    Of the bytes of a block that are not of ASCII, those of white space.

    Then those that go on with a character; and how many bytes of white space are behind it.
    """
    blank, on, over = NONE, NONE, 0
    while wide:
        k = first(wide)
        byte = content[at + k]
        on |= np.uint64(byte & 0xC0 == 0x80) << np.uint64(k)
        if byte in (0xC2, 0xE1, 0xE2, 0xE3):  # no other begins any
            point, after = code_point(content, at + k)
            if is_space(point):
                blank |= upto(after - at) & ~upto(k)
                over = max(0, after - at - BLOCK)
        wide &= wide - np.uint64(1)
    return blank, on, over


@helper
def word_end(content: Bytes, at: int, stop: int) -> tuple[int, int]:
    """Where the word ends in which a byte is, and how many code points it has from there on."""
    length = 0
    while at < stop:
        if at + 8 <= len(content):
            bits = below(eight(content, at), SEEN)
            plain = lowest(bits) if bits else 8
            plain = min(plain, stop - at)
            at, length = at + plain, length + plain
            if not bits:
                continue
        while at < stop:  # the rest of a text, or what is not ASCII
            point, after = code_point(content, at)
            if is_space(point):
                return at, length
            at, length = after, length + 1
            if point < 0x80:
                break
    return at, length


@kernel
def _words(  # noqa: PLR0913, PLR0917
    content: Bytes, offsets: Numbers, firsts: Numbers, kept: Numbers, classes: Bytes,
    symbols: bool,  # noqa: FBT001
) -> int:  # fmt: skip
    """What stands between white space, block by block: where a bit differs from the last one."""
    used = 0
    for n in range(len(offsets) - 1):
        at, stop = offsets[n], offsets[n + 1]
        start, before, behind, over, was = -1, 0, 0, 0, np.uint64(1)
        while at < stop:
            blank, wide = blanks(content, at)
            here, on = upto(stop - at), NONE
            blank |= upto(over) | ~here
            over = 0
            if wide & here:
                more, on, over = _wide_blanks(content, at, wide & here)
                blank |= more
            edges = blank ^ (blank << np.uint64(1) | was)
            was = blank >> np.uint64(BLOCK - 1)
            while edges:
                k = first(edges)
                bytes_on = behind  # so many bytes up to here begin no character
                if on:
                    bytes_on += many(on & upto(k))
                if start < 0:
                    start, before = at + k, bytes_on
                else:
                    length = at + k - start - (bytes_on - before)
                    used = _cut(content, start, at + k, length, kept, used, classes, symbols)
                    start = -1
                edges &= edges - np.uint64(1)
            behind += many(on)
            at += BLOCK
        if start >= 0:
            length = stop - start - (behind - before)
            used = _cut(content, start, stop, length, kept, used, classes, symbols)
        firsts[n + 1] = used
    return used


@kernel
def _bare(content: Bytes, start: Numbers, stop: Numbers) -> None:
    for n in range(len(start)):
        while start[n] < stop[n] and _MARKS[content[start[n]]]:
            start[n] += 1
        while start[n] < stop[n] and _MARKS[content[stop[n] - 1]]:
            stop[n] -= 1


@helper
def is_blank(content: Bytes, start: int, stop: int) -> bool:
    """Say whether there is nothing but white space."""
    while start < stop:
        point, start = code_point(content, start)
        if not is_space(point):
            return False
    return True


@helper
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
def _lines(  # noqa: C901  -- one automaton
    content: Bytes, offsets: Numbers, firsts: Numbers, kept: Numbers, parted: int
) -> int:
    used = 0
    for n in range(len(offsets) - 1):
        at, stop = offsets[n], offsets[n + 1]
        if parted == PARAGRAPHS:
            at, stop = stripped(content, at, stop)
        start, length = at, 0
        while at < stop:
            if at + 8 <= len(content):
                bits = below(eight(content, at), SPACES)
                plain = min(lowest(bits) if bits else 8, stop - at)
                at, length = at + plain, length + plain
                if at == stop or not bits:
                    continue
            here = at
            point, at = code_point(content, at)
            if parted == LINES:
                parts = ends_line(point)
                at += point == 13 and at < stop and content[at] == 10
            else:
                parts = point == 10
                if parts and parted == PARAGRAPHS:
                    while at < stop and content[at] == 10:
                        at += 1
                    parts = at - here >= 2
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


@helper
def rest(content: Bytes, at: int, length: int) -> np.uint64:
    """Up to eight bytes as a number."""
    if at + 8 <= len(content):
        return np.uint64(eight(content, at) & FIRST[np.uint64(length)])
    value = np.uint64(0)
    for n in range(length):
        value |= np.uint64(content[at + n]) << np.uint64(8 * n)
    return value


@helper
def mixed(value: np.uint64) -> np.uint64:
    """Another number, of which each bit depends on many of the first."""
    value *= _PRIME
    return value ^ value >> np.uint64(32)


@helper
def keyed(content: Bytes, at: int, stop: int) -> np.uint64:
    """A hash of some bytes, eight at a time; its lower bits tell less than all of them."""
    value = np.uint64(stop - at)
    while stop - at > 8:
        value = mixed(value ^ eight(content, at))
        at += 8
    return mixed(value ^ rest(content, at, stop - at))


@helper
def is_equal(content: Bytes, one: int, other: int, length: int) -> bool:
    """Say whether so many bytes are the same in two places."""
    if length < 8:
        return bool(rest(content, one, length) == rest(content, other, length))
    more = length - 8
    while more > 0:
        if eight(content, one) != eight(content, other):
            return False
        one, other, more = one + 8, other + 8, more - 8
    return bool(eight(content, one + more) == eight(content, other + more))


@register_jitable
def seen_pieces(pieces: Pieces) -> Numbers:
    """Room for the pieces of one text: of each the text, and its number; shape (S, 2)."""
    size = 16
    for n in range(len(pieces.offsets) - 1):
        while size < 2 * (pieces.offsets[n + 1] - pieces.offsets[n]):
            size *= 2
    return np.full((size, 2), -1, np.int64)


@helper
def is_repeated(content: Bytes, pieces: Pieces, text: int, piece: int, seen: Numbers) -> bool:
    """Say whether a piece of a text was *seen* before in it; see it otherwise."""
    start, stop = pieces.start[piece], pieces.stop[piece]
    mask = len(seen) - 1  # of a text with few pieces, they stay together
    while mask >= 4 * (pieces.offsets[text + 1] - pieces.offsets[text]):
        mask >>= 1
    slot = np.int64(keyed(content, start, stop) & np.uint64(mask))
    while seen[slot, 0] == text:
        other = seen[slot, 1]
        if pieces.stop[other] - pieces.start[other] == stop - start and is_equal(
            content, pieces.start[other], start, stop - start
        ):
            return True
        slot = (slot + 1) & mask
    seen[slot, 0], seen[slot, 1] = text, piece
    return False


@kernel
def repeated(content: Bytes, pieces: Pieces) -> Any:  # noqa: ANN401
    """Pieces of each text that repeat an earlier one, and their code points; shape (N, 2)."""
    found = np.zeros((len(pieces.offsets) - 1, 2), np.int64)
    seen = seen_pieces(pieces)
    for n in range(len(found)):
        for piece in range(pieces.offsets[n], pieces.offsets[n + 1]):
            if is_repeated(content, pieces, n, piece, seen):
                found[n, 0] += 1
                found[n, 1] += pieces.length[piece]
    return found
