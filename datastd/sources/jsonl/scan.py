"""
JSON lines, judged byte by byte: RFC 8259 to the letter, and what parsers disagree about.

One pass finds of each line whether it is one JSON object, where not, and where the text
is in it.  No parser in use refuses a key that stands twice, and most accept more than
the RFC does.
"""

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.kernels import helper, kernel
from datastd.sources.encoding import (
    RETURN,
    Bytes,
    Numbers,
    as_strings,
    is_blank,
    utf8,
)
from datastd.sources.jsonl.grammar import (
    BACKSLASH,
    BLANK,
    MINUS,
    NO_OBJECT,
    NO_TEXT,
    NONFINITE,
    QUOTE,
    SYNTAX,
    TEXT,
    TWICE,
    UTF8,
    escape,
    is_word,
    number,
    put,
    string,
)
from datastd.sources.lines import lines_in

DEEP = 128  # objects and arrays inside each other: polars crashes at some hundreds
KEYS = 1 << 20  # in a line
_SLOTS = 1 << 10  # of the table of keys, to begin with

# What may come next.
_VALUE, _FIRST_VALUE, _FIRST_KEY, _KEY, _COLON, _AFTER = range(6)

_SEED = np.uint64(secrets.randbits(64))  # nobody can write keys that are slow to tell apart
_OFFSET, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # of FNV-1a


def _words(*words: str) -> Bytes:
    return np.frombuffer("".join(word.ljust(8, "\0") for word in words).encode(), np.uint8)


_LITERALS = _words("true", "false", "null").reshape(3, 8)
_INFINITE = _words("NaN", "Infinity").reshape(2, 8)


class Lines(NamedTuple):
    """
    The lines of a piece of a file; shape (N,) each.

    Attributes:
        start: Where each begins, in bytes of the piece.
        found: What it is: `TEXT`, or what is wrong with it.
        at: Where that is, in bytes of the piece.
        text: Where the text begins, behind its quote; -1 where there is none.
        stop: Where it ends.
        escaped: Whether it holds escapes.
        begins: Where the value under each of the other keys begins, -1 where there is none;
            shape (N, K).
        ends: Where it ends.
        separators: What other readers take for the end of a line, and is in it as it is:
            U+0085, U+2028, U+2029, and carriage returns that no line feed follows.
    """

    start: Numbers
    found: Bytes
    at: Numbers
    text: Numbers
    stop: Numbers
    escaped: NDArray[np.bool_]
    begins: Numbers
    ends: Numbers
    separators: Numbers

    def rows(self, wanted: Numbers) -> "Lines":
        """Those lines alone."""
        return Lines(
            self.start[wanted], self.found[wanted], self.at[wanted], self.text[wanted],
            self.stop[wanted], self.escaped[wanted], self.begins[wanted], self.ends[wanted],
            self.separators[wanted],
        )  # fmt: skip


def scan(piece: bytes, key: str, others: Sequence[str] = ()) -> Lines:
    """
    Judge each line of *piece*, which begins with one.

    The text is that under *key*; of what is under the *others*, the place is told.
    """
    bytes_ = np.frombuffer(piece, np.uint8)
    starts, ends = lines_in(bytes_)
    names = [one.encode() for one in (key, *others)]
    wanted = np.frombuffer(b"".join(names), np.uint8)
    bounds = np.cumsum([0, *map(len, names)])
    return Lines(starts, *_scan(bytes_, starts, ends, wanted, bounds, _SEED))


def texts(piece: bytes, lines: Lines) -> pl.Series:
    """The text of each line, unescaped; null where there is none."""
    return _strings(piece, lines.text, lines.stop, lines.escaped).alias("text")


def values(piece: bytes, lines: Lines, other: int) -> pl.Series:
    """What stands under one of the other keys of each line, as JSON; null where nothing does."""
    begins = lines.begins[:, other]
    return _strings(piece, begins, lines.ends[:, other], np.zeros(len(begins), np.bool_))


def _strings(
    piece: bytes, starts: Numbers, stops: Numbers, escaped: NDArray[np.bool_]
) -> pl.Series:
    return as_strings(*_gathered(np.frombuffer(piece, np.uint8), starts, stops, escaped))


@helper
def _hashed(line: Bytes, at: int, stop: int, scratch: Bytes, seed: np.uint64) -> np.uint64:
    """Hash of a key, unescaped: two ways to write it are one key."""
    value = _OFFSET ^ seed
    while at < stop:
        if line[at] != BACKSLASH:
            value = (value ^ np.uint64(line[at])) * _PRIME
            at += 1
            continue
        _, point, at = escape(line, at + 1, stop)
        for n in range(put(scratch, 0, point)):
            value = (value ^ np.uint64(scratch[n])) * _PRIME
    return value


@helper
def _is_key(line: Bytes, at: int, stop: int, wanted: Bytes, scratch: Bytes) -> bool:
    """Say whether a key, unescaped, is the one that is *wanted*."""
    place = 0
    while at < stop:
        if line[at] != BACKSLASH:
            length = 1
            scratch[0] = line[at]
            at += 1
        else:
            _, point, at = escape(line, at + 1, stop)
            length = put(scratch, 0, point)
        for n in range(length):
            if place >= len(wanted) or wanted[place] != scratch[n]:
                return False
            place += 1
    return place == len(wanted)


@helper
def _which(  # noqa: PLR0913, PLR0917
    line: Bytes, at: int, stop: int, wanted: Bytes, bounds: Numbers, scratch: Bytes
) -> int:
    """Number of the wanted key that this is; -1 for none of them."""
    for one in range(len(bounds) - 1):
        if _is_key(line, at, stop, wanted[bounds[one] : bounds[one + 1]], scratch):
            return one
    return -1


class _Table(NamedTuple):
    """
    The keys of a line by open addressing; stale entries of other lines are free slots.

    Attributes:
        owners: Number of the line and of the object of each entry; shape (S, 2).
        hashes: Of each entry; shape (S,), uint64, S a power of two.
    """

    owners: Numbers
    hashes: Any


@register_jitable
def _table(size: int) -> _Table:
    return _Table(np.full((size, 2), -1, np.int64), np.zeros(size, np.uint64))


@helper
def _enter(table: _Table, row: int, owner: int, value: np.uint64) -> bool:
    """Put the key of an object into the table; say whether it stood there."""
    mask = np.uint64(len(table.hashes) - 1)
    mixed = (value ^ np.uint64(owner)) * _PRIME
    slot = np.int64((mixed ^ (mixed >> np.uint64(29))) & mask)
    while table.owners[slot, 0] == row:
        if table.owners[slot, 1] == owner and table.hashes[slot] == value:
            return True
        slot = (slot + 1) & np.int64(mask)
    table.owners[slot, 0], table.owners[slot, 1], table.hashes[slot] = row, owner, value
    return False


@register_jitable
def _grown(table: _Table, row: int) -> _Table:
    """The entries of a line in a table of twice the size."""
    larger = _table(2 * len(table.hashes))
    for slot in range(len(table.hashes)):
        if table.owners[slot, 0] == row:
            _enter(larger, row, table.owners[slot, 1], table.hashes[slot])
    return larger


@kernel
def _scan(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  -- one automaton
    line: Bytes, starts: Numbers, ends: Numbers, wanted: Bytes, bounds: Numbers, seed: np.uint64
) -> tuple[Bytes, Numbers, Numbers, Numbers, NDArray[np.bool_], Numbers, Numbers, Numbers]:
    count, others = len(starts), len(bounds) - 2
    begins, finish = np.full((count, others), -1, np.int64), np.zeros((count, others), np.int64)
    found, where = np.zeros(count, np.uint8), np.zeros(count, np.int64)
    text, until = np.full(count, -1, np.int64), np.zeros(count, np.int64)
    has_escapes, separators = np.zeros(count, np.bool_), np.zeros(count, np.int64)
    owners = np.zeros(DEEP + 1, np.int64)  # of what is open: its number, or -1 for an array
    table, scratch = _table(_SLOTS), np.zeros(8, np.uint8)
    for row in range(count):
        at, stop = starts[row], ends[row]
        while at < stop and is_blank(line[at]):
            separators[row] += line[at] == RETURN and at + 1 < stop
            at += 1
        if at == stop:
            found[row] = BLANK
            continue
        first, depth, objects, expected, wrong = at, 0, 0, _VALUE, TEXT
        closed, keys = False, 0
        under, inside = -1, -1  # which of the wanted keys the value, or what is open, is under
        while at < stop:
            byte = line[at]
            if is_blank(byte):
                separators[row] += byte == RETURN and at + 1 < stop
                at += 1
                continue
            if closed:
                wrong = SYNTAX
                break
            is_value = False
            if expected == _AFTER:
                is_object = owners[depth] >= 0
                if byte == 0x2C:  # a comma
                    expected = _KEY if is_object else _VALUE
                elif byte == (0x7D if is_object else 0x5D):
                    depth -= 1
                    closed = depth == 0
                    if depth == 1 and inside > 0:
                        finish[row, inside - 1], inside = at + 1, -1
                else:
                    wrong = SYNTAX
                    break
                at += 1
            elif expected == _COLON:
                if byte != 0x3A:
                    wrong = SYNTAX
                    break
                expected = _VALUE
                at += 1
            elif expected in (_FIRST_KEY, _KEY):
                if byte == 0x7D and expected == _FIRST_KEY:
                    depth -= 1
                    closed, expected = depth == 0, _AFTER
                    at += 1
                    if depth == 1 and inside > 0:
                        finish[row, inside - 1], inside = at, -1
                    continue
                if byte != QUOTE:
                    wrong = SYNTAX
                    break
                wrong, end, escaped, more = string(line, at + 1, stop)
                if wrong:
                    at = end
                    break
                separators[row] += more
                keys += 1
                if 2 * keys > len(table.hashes) and keys <= KEYS:
                    table = _grown(table, row)
                if keys > KEYS:
                    wrong = SYNTAX
                elif _enter(table, row, owners[depth], _hashed(line, at + 1, end, scratch, seed)):
                    wrong = TWICE
                if wrong:
                    break
                under = _which(line, at + 1, end, wanted, bounds, scratch) if depth == 1 else -1
                at, expected = end + 1, _COLON
            elif byte == QUOTE:
                wrong, end, escaped, more = string(line, at + 1, stop)
                if wrong:
                    at = end
                    break
                separators[row] += more
                if under == 0:
                    text[row], until[row], has_escapes[row] = at + 1, end, escaped
                elif under > 0:
                    begins[row, under - 1] = at
                at, is_value = end + 1, True
            elif byte in (0x7B, 0x5B):
                if depth == DEEP:
                    wrong = SYNTAX
                    break
                depth += 1
                owners[depth] = objects if byte == 0x7B else -1
                objects += byte == 0x7B
                expected = _FIRST_KEY if byte == 0x7B else _FIRST_VALUE
                if under > 0:
                    begins[row, under - 1], inside = at, under
                under = -1
                at += 1
            elif byte == 0x5D and expected == _FIRST_VALUE:
                depth -= 1
                closed, expected = depth == 0, _AFTER
                at += 1
                if depth == 1 and inside > 0:
                    finish[row, inside - 1], inside = at, -1
            elif byte == MINUS or 0x30 <= byte <= 0x39:
                begin = at
                if under > 0:
                    begins[row, under - 1] = at
                wrong, at = number(line, at, stop)
                if wrong == SYNTAX and at == begin + 1 and is_word(line, at, stop, _INFINITE[1]):
                    wrong, at = NONFINITE, begin
                if wrong:
                    break
                is_value = True
            else:
                length = 0
                for n in range(len(_LITERALS)):
                    length = max(length, is_word(line, at, stop, _LITERALS[n]))
                if not length:
                    wrong = SYNTAX
                    for n in range(len(_INFINITE)):
                        if is_word(line, at, stop, _INFINITE[n]):
                            wrong = NONFINITE
                    if byte >= 0x80 and not utf8(line, at, stop):
                        wrong = UTF8
                    break
                if under > 0:
                    begins[row, under - 1] = at
                at, is_value = at + length, True
            if is_value:
                if under > 0:
                    finish[row, under - 1] = at
                expected, under = _AFTER, -1
                closed = depth == 0
        if not wrong and not closed:
            wrong = SYNTAX
        if not wrong and line[first] != 0x7B:
            wrong, at = NO_OBJECT, first
        if not wrong and text[row] < 0:
            wrong, at = NO_TEXT, first
        found[row], where[row] = wrong, at
    return found, where, text, until, has_escapes, begins, finish, separators


@kernel
def _gathered(
    line: Bytes, starts: Numbers, stops: Numbers, escaped: NDArray[np.bool_]
) -> tuple[Bytes, Numbers, NDArray[np.bool_]]:
    """The strings between, unescaped, one after the other; where each begins; which there are."""
    valid = starts >= 0
    offsets = np.zeros(len(starts) + 1, np.int64)
    content = np.empty(np.where(valid, stops - starts, 0).sum() + 4, np.uint8)
    end = 0
    for row in range(len(starts)):
        at, stop = (starts[row], stops[row]) if valid[row] else (0, 0)
        if not escaped[row]:
            content[end : end + stop - at] = line[at:stop]
            end += stop - at
        else:
            while at < stop:
                if line[at] == BACKSLASH:
                    _, point, at = escape(line, at + 1, stop)
                    end = put(content, end, point)
                else:
                    content[end] = line[at]
                    end += 1
                    at += 1
        offsets[row + 1] = end
    return content[:end], offsets, valid
