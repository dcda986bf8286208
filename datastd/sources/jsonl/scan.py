"""
JSON lines, judged byte by byte: RFC 8259 to the letter, and what parsers disagree about.

One pass finds of each line whether it is one JSON object, where not, and where the text
is in it.  No parser in use refuses a key that stands twice, and most accept more than
the RFC does.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.kernels import kernel
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
from datastd.sources.jsonl.keys import (
    AFTER,
    COLON,
    DEEP,
    FIRST_KEY,
    FIRST_VALUE,
    INFINITE,
    KEY,
    KEYS,
    LITERALS,
    SEED,
    SLOTS,
    VALUE,
    enter,
    fresh,
    grown,
    hashed,
    joined,
    which,
)
from datastd.sources.lines import lines_in


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
    return Lines(starts, *_scan(bytes_, starts, ends, *joined([key, *others]), SEED))


def texts(piece: bytes, lines: Lines) -> pl.Series:
    """The text of each line, unescaped; null where there is none."""
    return strings(piece, lines.text, lines.stop, lines.escaped).alias("text")


def values(piece: bytes, lines: Lines, other: int) -> pl.Series:
    """What stands under one of the other keys of each line, as JSON; null where nothing does."""
    begins = lines.begins[:, other]
    return strings(piece, begins, lines.ends[:, other], np.zeros(len(begins), np.bool_))


def strings(piece: bytes, starts: Numbers, stops: Numbers, escaped: NDArray[np.bool_]) -> pl.Series:
    """The strings that stand between quotes from *starts* on up to *stops*, unescaped."""
    return as_strings(*_gathered(np.frombuffer(piece, np.uint8), starts, stops, escaped))


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
    table, scratch = fresh(SLOTS), np.zeros(8, np.uint8)
    for row in range(count):
        at, stop = starts[row], ends[row]
        while at < stop and is_blank(line[at]):
            separators[row] += line[at] == RETURN and at + 1 < stop
            at += 1
        if at == stop:
            found[row] = BLANK
            continue
        first, depth, objects, expected, wrong = at, 0, 0, VALUE, TEXT
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
            if expected == AFTER:
                is_object = owners[depth] >= 0
                if byte == 0x2C:  # a comma
                    expected = KEY if is_object else VALUE
                elif byte == (0x7D if is_object else 0x5D):
                    depth -= 1
                    closed = depth == 0
                    if depth == 1 and inside > 0:
                        finish[row, inside - 1], inside = at + 1, -1
                else:
                    wrong = SYNTAX
                    break
                at += 1
            elif expected == COLON:
                if byte != 0x3A:
                    wrong = SYNTAX
                    break
                expected = VALUE
                at += 1
            elif expected in (FIRST_KEY, KEY):
                if byte == 0x7D and expected == FIRST_KEY:
                    depth -= 1
                    closed, expected = depth == 0, AFTER
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
                    table = grown(table, row)
                if keys > KEYS:
                    wrong = SYNTAX
                elif enter(table, row, owners[depth], hashed(line, at + 1, end, scratch, seed)):
                    wrong = TWICE
                if wrong:
                    break
                under = which(line, at + 1, end, wanted, bounds, scratch) if depth == 1 else -1
                at, expected = end + 1, COLON
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
                expected = FIRST_KEY if byte == 0x7B else FIRST_VALUE
                if under > 0:
                    begins[row, under - 1], inside = at, under
                under = -1
                at += 1
            elif byte == 0x5D and expected == FIRST_VALUE:
                depth -= 1
                closed, expected = depth == 0, AFTER
                at += 1
                if depth == 1 and inside > 0:
                    finish[row, inside - 1], inside = at, -1
            elif byte == MINUS or 0x30 <= byte <= 0x39:
                begin = at
                if under > 0:
                    begins[row, under - 1] = at
                wrong, at = number(line, at, stop)
                if wrong == SYNTAX and at == begin + 1 and is_word(line, at, stop, INFINITE[1]):
                    wrong, at = NONFINITE, begin
                if wrong:
                    break
                is_value = True
            else:
                length = 0
                for n in range(len(LITERALS)):
                    length = max(length, is_word(line, at, stop, LITERALS[n]))
                if not length:
                    wrong = SYNTAX
                    for n in range(len(INFINITE)):
                        if is_word(line, at, stop, INFINITE[n]):
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
                expected, under = AFTER, -1
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
