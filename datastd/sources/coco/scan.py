"""
Where things lie in a file of COCO's: one pass over its bytes, which are read in pieces.

The pass finds the members of the file's object, and the items of its three lists, by quotes
and brackets alone; of an item it tells which picture and which category it names.  Whether an
item is JSON is asked when it is read (`fields`); what lies outside of the lists is asked at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datastd.bits import ONES, eight, equal, lowest
from datastd.kernels import helper, kernel, routine
from datastd.sources.encoding import NEWLINE, Bytes, Numbers, is_blank
from datastd.sources.jsonl.grammar import BACKSLASH, MINUS, QUOTE
from datastd.sources.jsonl.keys import joined, plain

IMAGES, ANNOTATIONS, CATEGORIES, OTHER, KEY, LIST, CLOSE = range(7)
"""What was found: an item of a list, another value, a key, where a list begins and ends."""

LONGEST = 64 << 20
"""Bytes of an item, of a key, or of what is no list."""

IS_NAMED, IS_OF_CATEGORY, IS_ODD = 1, 2, 4
"""Of an item: whether it names a picture, a category, and has a key that has to be unescaped."""

_MOST = 1 << 25  # items of a file
_ROOM = 1 << 16  # items that are found at once
_LEAST = 4 << 20  # bytes that are looked at together
_KEYS = 1000  # of the file's object

_WHAT, _START, _STOP, _IMAGE, _CATEGORY, _FLAGS = range(6)
_ROOT, _FIRST_KEY, _KEY, _AFTER, _FIRST_ITEM, _ITEM, _AFTER_ITEM, _END = range(8)
_MORE, _FULL, _DONE, _WRONG = range(4)

_QUOTES, _BACKSLASHES = np.uint64(QUOTE * int(ONES)), np.uint64(BACKSLASH * int(ONES))
_LETTERS = np.uint64(0x40 * int(ONES))
_NAMES = tuple(np.uint64(int.from_bytes(name, "little")) for name in (b"image_id", b"category"))
_IMAGE_ID, _CATEGORY_ID = _NAMES
_WANTED, _BOUNDS = joined(("images", "annotations", "categories"))
_DIGITS = 18  # that always fit


@helper
def blanks(line: Bytes, at: int, stop: int) -> int:
    """Where the white space ends that may be here."""
    while at < stop and (is_blank(line[at]) or line[at] == NEWLINE):
        at += 1
    return at


@routine
def _quote(line: Bytes, at: int, stop: int) -> tuple[int, bool]:
    """Where the string ends that *at* lies in, -1 where it does not; whether it has escapes."""
    escaped = False
    while at < stop:
        if at + 8 <= stop:
            block = eight(line, at)
            special = equal(block, _QUOTES) | equal(block, _BACKSLASHES)
            if not special:
                at += 8
                continue
            at += lowest(special)
        byte = line[at]
        if byte == QUOTE:
            return at, escaped
        if byte == BACKSLASH:
            escaped = True
            at += 1
        at += 1
    return -1, escaped


@routine
def skip(line: Bytes, at: int, stop: int) -> int:  # noqa: C901
    """Where the value ends that begins at *at*, by quotes and brackets; -1 where it does not."""
    byte = line[at]
    if byte == QUOTE:
        end, _ = _quote(line, at + 1, stop)
        return end + 1 if end >= 0 else -1
    if byte in (0x7B, 0x5B):
        depth = 0
        while at < stop:
            if at + 8 <= stop:
                block = eight(line, at)
                special = (block & _LETTERS) << np.uint64(1) | equal(block, _QUOTES)
                if not special:
                    at += 8
                    continue
                at += lowest(special)
            byte = line[at]
            if byte == QUOTE:
                end, _ = _quote(line, at + 1, stop)
                if end < 0:
                    return -1
                at = end
            elif byte in (0x7B, 0x5B):
                depth += 1
            elif byte in (0x7D, 0x5D):
                depth -= 1
                if depth == 0:
                    return at + 1
            at += 1
        return -1
    while at < stop and not (
        is_blank(line[at]) or line[at] == NEWLINE or line[at] in (0x2C, 0x5D, 0x7D)
    ):
        at += 1
    return at


@helper
def _whole(line: Bytes, at: int, stop: int) -> tuple[bool, int]:
    """Whether a whole number of few digits begins here, and ends with its value; and which."""
    negative = line[at] == MINUS
    begin = at = at + negative
    value = 0
    while at < stop and 0x30 <= line[at] <= 0x39 and at - begin <= _DIGITS:
        value = value * 10 + (line[at] - 0x30)
        at += 1
    ends = at < stop and (is_blank(line[at]) or line[at] in (0x2C, 0x7D, NEWLINE))
    sound = begin < at <= begin + _DIGITS and ends and (line[begin] != 0x30 or at == begin + 1)
    return sound, -value if negative else value


@routine
def _item(line: Bytes, at: int, stop: int, row: Numbers) -> int:  # noqa: C901
    """As `skip`, of an item; what it names goes to *row*."""
    if line[at] != 0x7B:
        return skip(line, at, stop)
    at += 1
    while at < stop:
        byte = line[at]
        if byte == QUOTE:
            end, escaped = _quote(line, at + 1, stop)
            if end < 0:
                return -1
            value = blanks(line, end + 1, stop)
            if value < stop and line[value] == 0x3A:  # it is a key
                value = blanks(line, value + 1, stop)
                length = end - at - 1
                if escaped:
                    row[_FLAGS] |= IS_ODD
                elif value < stop and length == 8 and eight(line, at + 1) == _IMAGE_ID:
                    is_one, row[_IMAGE] = _whole(line, value, stop)
                    row[_FLAGS] = row[_FLAGS] & ~IS_NAMED | is_one * IS_NAMED
                elif (
                    value < stop and length == 11 and eight(line, at + 1) == _CATEGORY_ID
                    and line[at + 9] == 0x5F and line[at + 10] == 0x69 and line[at + 11] == 0x64
                ):  # fmt: skip
                    is_one, row[_CATEGORY] = _whole(line, value, stop)
                    row[_FLAGS] = row[_FLAGS] & ~IS_OF_CATEGORY | is_one * IS_OF_CATEGORY
            at = end + 1
        elif byte in (0x7B, 0x5B):
            at = skip(line, at, stop)
            if at < 0:
                return -1
        elif byte in (0x7D, 0x5D):
            return at + 1
        else:
            at += 1
    return -1


@kernel
def _scan(  # noqa: C901, PLR0912, PLR0915
    line: Bytes, at: int, last: int, state: Numbers, found: Numbers
) -> tuple[int, int, int]:
    """Go on through a file: up to where, why no further, and how much was found."""
    stop, count = len(line), 0
    where, listed = state[0], state[1]
    why = _MORE
    while True:
        at = blanks(line, at, stop)
        if at == stop:
            why = _DONE if last and where == _END else _WRONG if last else _MORE
            break
        if count + 2 > len(found):
            why = _FULL
            break
        byte = line[at]
        if where == _ROOT:
            if byte == 0x5B:  # a list of results
                where, listed = _FIRST_ITEM, ANNOTATIONS
                found[count] = 0
                found[count, _WHAT], found[count, _START], found[count, _STOP] = LIST, at, at + 1
                found[count, _IMAGE] = ANNOTATIONS
                count += 1
            elif byte == 0x7B:
                where = _FIRST_KEY
            else:
                why = _WRONG
                break
            state[2] = byte
            at += 1
        elif where == _END:
            why = _WRONG
            break
        elif where in (_FIRST_ITEM, _ITEM):
            if byte == 0x5D and where == _FIRST_ITEM:
                where = _AFTER_ITEM
                continue
            if byte in (0x5D, 0x7D, 0x2C):
                why = _WRONG
                break
            found[count] = 0
            end = _item(line, at, stop, found[count])
            if end < 0 or (end == stop and not last):
                why = _WRONG if last else _MORE
                break
            found[count, _WHAT], found[count, _START], found[count, _STOP] = listed, at, end
            count += 1
            at, where = end, _AFTER_ITEM
        elif where == _AFTER_ITEM:
            if byte == 0x2C:
                where = _ITEM
            elif byte == 0x5D:
                where = _AFTER if state[2] == 0x7B else _END
                found[count] = 0
                found[count, _WHAT], found[count, _START], found[count, _STOP] = CLOSE, at, at + 1
                count += 1
            else:
                why = _WRONG
                break
            at += 1
        elif where == _AFTER:
            if byte == 0x2C:
                where = _KEY
            elif byte == 0x7D:
                where = _END
            else:
                why = _WRONG
                break
            at += 1
        else:  # a key, and at least the first byte of its value
            if byte == 0x7D and where == _FIRST_KEY:
                where = _END
                at += 1
                continue
            if byte != QUOTE:
                why = _WRONG
                break
            end, escaped = _quote(line, at + 1, stop)
            value = blanks(line, end + 1, stop) if end >= 0 else stop
            if value < stop and line[value] != 0x3A:
                at, why = value, _WRONG
                break
            value = blanks(line, value + 1, stop) if value < stop else stop
            if value >= stop:
                why = _WRONG if last else _MORE
                break
            which = -1 if escaped else plain(line, at + 1, end, _WANTED, _BOUNDS)
            found[count] = 0
            found[count, _WHAT], found[count, _START], found[count, _STOP] = KEY, at, end + 1
            found[count + 1] = 0
            if which >= 0 and line[value] == 0x5B:
                found[count + 1, _WHAT], found[count + 1, _START] = LIST, value
                found[count + 1, _STOP] = value + 1
                found[count + 1, _IMAGE] = which
                listed, where = which, _FIRST_ITEM
                at = value + 1
            else:
                if line[value] in (0x2C, 0x7D, 0x5D):
                    at, why = value, _WRONG
                    break
                end = skip(line, value, stop)
                if end < 0 or (end == stop and not last):
                    why = _WRONG if last else _MORE
                    break
                found[count + 1, _WHAT], found[count + 1, _START] = OTHER, value
                found[count + 1, _STOP], found[count + 1, _IMAGE] = end, which
                at, where = end, _AFTER
            count += 2
    state[0], state[1] = where, listed
    return at, why, count


@dataclass(frozen=True, slots=True)
class Places:
    """
    Where things lie in a file, in its order; int64, shape (N,) each.

    Attributes:
        what: `IMAGES`, `ANNOTATIONS` or `CATEGORIES` of an item of that list; `KEY` of a key,
            `OTHER` of a value behind it, `LIST` and `CLOSE` of the brackets around a list.
        start: Where it begins.
        stop: Where it ends.
        image: The picture that an item names; of `OTHER` and `LIST` the list that its key names.
        category: The category that an item names.
        flags: `IS_NAMED`, `IS_OF_CATEGORY`, `IS_ODD`.
    """

    what: NDArray[np.int8]
    start: Numbers
    stop: Numbers
    image: Numbers
    category: Numbers
    flags: NDArray[np.int8]

    @classmethod
    def of(cls, found: Numbers) -> "Places":
        """The columns of what a kernel found."""
        what, start, stop, image, category, flags = found.T
        return cls(
            what.astype(np.int8), start.copy(), stop.copy(), image.copy(), category.copy(),
            flags.astype(np.int8),
        )  # fmt: skip

    def rows(self, wanted: NDArray[np.generic]) -> "Places":
        """Some of them."""
        return Places(
            self.what[wanted], self.start[wanted], self.stop[wanted], self.image[wanted],
            self.category[wanted] if len(self.category) else self.category, self.flags[wanted],
        )  # fmt: skip

    def without_categories(self) -> "Places":
        """The same, of which nobody asks any more which category they name."""
        none = np.zeros(0, np.int64)
        return Places(self.what, self.start, self.stop, self.image, none, self.flags)

    @classmethod
    def joined(cls, some: "Sequence[Places]") -> "Places":
        """Several, one behind the other."""
        none = cls.of(np.zeros((0, 6), np.int64))
        columns = zip(*((one.what, one.start, one.stop, one.image, one.category, one.flags)
                        for one in (none, *some)), strict=True)  # fmt: skip
        return cls(*map(np.concatenate, columns))


@dataclass(slots=True)
class Ended:
    """
    How a file ended.

    Attributes:
        at: The byte at which it stops being JSON, or what is read of it; None where it ends well.
        found: What is there.
        begun: Whether an item had begun that is not whole: which list it is in, else -1.
        is_list: Whether the file is a list, as results are.
        lacks: What would end it.
    """

    at: int | None = None
    found: str = ""
    begun: int = -1
    is_list: bool = False
    lacks: bytes = b""


def _too_much(length: int, keys: int, items: int) -> str:
    """Say what there is more of than is read: of a value that has not ended its *length*."""
    if keys > _KEYS:
        return f"more than {_KEYS} keys"
    if items > _MOST:
        return f"more than {_MOST} items"
    return f"a value of more than {LONGEST >> 20} MiB" if length > LONGEST else ""


def scanned(pieces: Iterator[bytes], ended: Ended) -> Iterator[Places]:
    """
    Yield where things lie in a file that comes in *pieces*; say in *ended* how it ended.

    No more of it is held than a piece, and an item that is not whole yet.
    """
    state, found = np.zeros(3, np.int64), np.empty((_ROOM, 6), np.int64)
    held, base, last, keys, items = b"", 0, False, 0, 0
    while True:
        more = [held]
        wanted = max(_LEAST, 2 * len(held))  # what is long is not looked at for every piece
        size = len(held)
        while size < wanted and not last:
            piece = next(pieces, b"")
            last = not piece
            more.append(piece)
            size += len(piece)
        held, at, why = b"".join(more), 0, _FULL
        line = np.frombuffer(held, np.uint8)
        while why == _FULL and items <= _MOST:
            at, why, count = _scan(line, at, int(last), state, found)
            if count:
                places = found[:count].copy()
                places[:, 1:3] += base
                keys += int((places[:, _WHAT] == KEY).sum())
                items += count
                yield Places.of(places)
        ended.is_list = bool(state[2] == 0x5B)
        if why == _DONE:
            return
        too_much = _too_much(len(held) - at, keys, items)
        if why == _WRONG or too_much:
            ended.at, ended.found = base + at, too_much or "what is none"
            where, listed = state[:2].tolist()
            if where in (_FIRST_ITEM, _ITEM) and at < len(held):
                ended.begun = listed
            ended.lacks = b"]" if where in (_FIRST_ITEM, _ITEM, _AFTER_ITEM) else b""
            ended.lacks += b"}" if where not in (_ROOT, _END) and not ended.is_list else b""
            return
        held, base = held[at:], base + at
