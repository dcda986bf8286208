"""
CSV, judged byte by byte: RFC 4180 to the letter, and where to go on behind what is none.

One pass finds where each record begins and ends, and what is wrong with it; a second one
takes the fields that are asked for out of those that are sound.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from datastd.kernels import helper, kernel
from datastd.sources.encoding import NEWLINE, RETURN, Bytes, Numbers, as_strings, utf8

SOUND, RAGGED, BARE_QUOTE, BEHIND_QUOTE, OPEN_QUOTE, BARE_RETURN, UTF8, NUL = range(8)

_QUOTE = 0x22
_PLAIN, _DELIMITER, _QUOTED, _FEED, _RETURN, _HIGH, _NUL = range(7)  # what a byte is


class Records(NamedTuple):
    """
    The records of a piece of a file; shape (N,) each.

    Attributes:
        start: Where each begins, in bytes of the piece.
        stop: Where it ends: before the end of its last line.
        found: `SOUND`, or what is wrong with it.
        at: Where that is, in bytes of the piece.
        line: How many lines are before it.
        fields: How many it has, if it is sound or ragged.
    """

    start: Numbers
    stop: Numbers
    found: Numbers
    at: Numbers
    line: Numbers
    fields: Numbers


def records(  # noqa: PLR0913
    piece: bytes | memoryview,
    delimiter: str,
    *,
    width: int = -1,
    longest: int,
    ends: bool,
    most: int = 1 << 62,
) -> tuple[Records, int]:
    """
    Find the records of a piece that holds whole lines, and where they end.

    Args:
        piece: What begins with a record.
        delimiter: What parts fields.
        width: Fields that each has; -1 for any number.
        longest: Bytes within which a quote must be closed.
        ends: Whether nothing comes behind the piece; else its last record may be left.
        most: Records that are looked for.
    """
    bytes_ = np.frombuffer(piece, np.uint8)
    table, end = _records(bytes_, _kinds(delimiter), width, longest, int(ends), most)
    return Records(*table), int(end)


def columns(
    piece: bytes, delimiter: str, records: Records, fields: Sequence[int]
) -> list[pl.Series]:
    """Those of the fields of sound records, by their numbers from 0, rising, without quotes."""
    bytes_ = np.frombuffer(piece, np.uint8)
    wanted = np.array(fields, np.int64)
    start, stop, doubled = _fields(bytes_, _kinds(delimiter), records.start, records.stop, wanted)
    return [
        as_strings(*_unquoted(bytes_, start[n], stop[n], doubled[n])) for n in range(len(fields))
    ]


def fields_of(piece: bytes, delimiter: str, record: Records) -> list[str]:
    """All fields of one sound record, in order, without quotes."""
    bytes_, wanted = np.frombuffer(piece, np.uint8), np.arange(int(record.fields[0]))
    places = _fields(bytes_, _kinds(delimiter), record.start, record.stop, wanted)
    start, stop, doubled = (np.ascontiguousarray(one[:, 0]) for one in places)
    return as_strings(*_unquoted(bytes_, start, stop, doubled)).to_list()


def _kinds(delimiter: str) -> Bytes:
    """What each byte is."""
    kinds = np.full(256, _PLAIN, np.uint8)
    kinds[0x80:] = _HIGH
    kinds[[0, _QUOTE, NEWLINE, RETURN]] = _NUL, _QUOTED, _FEED, _RETURN
    kinds[ord(delimiter)] = _DELIMITER
    return kinds


@helper
def _behind_line(content: Bytes, at: int) -> int:
    """Where the next line begins."""
    while at < len(content) and content[at] != NEWLINE:
        at += 1
    return min(at + 1, len(content))


@helper
def _behind_returns(content: Bytes, at: int) -> int:
    """Where carriage returns that end a line with it end; *at*, where they do not."""
    end = at
    while end < len(content) and content[end] == RETURN:
        end += 1
    return end if end == len(content) or content[end] == NEWLINE else at


@helper
def _quoted(content: Bytes, kinds: Bytes, at: int, limit: int) -> tuple[int, int, int]:
    """Go through a field from behind its quote to the last one: where, line feeds, no text."""
    feeds, wrong = 0, -1
    while at < limit:
        kind = kinds[content[at]]
        if kind == _QUOTED:
            if at + 1 == len(content) or content[at + 1] != _QUOTE:
                break
            at += 1
        elif kind == _FEED:
            feeds += 1
        elif kind == _HIGH:
            length = utf8(content, at, len(content))
            if not length and wrong < 0:
                wrong = at
            at += max(length - 1, 0)
        elif kind == _NUL and wrong < 0:
            wrong = at
        at += 1
    return min(at, limit), feeds, wrong


@helper
def _bare(content: Bytes, kinds: Bytes, at: int) -> tuple[int, int]:
    """Go through a field without quotes, to what cannot be in it: where, no text."""
    wrong = -1
    while at < len(content):
        kind = kinds[content[at]]
        if kind == _HIGH:
            length = utf8(content, at, len(content))
            if not length and wrong < 0:
                wrong = at
            at += max(length - 1, 0)
        elif kind == _NUL:
            wrong = at if wrong < 0 else wrong
        elif kind != _PLAIN:
            break
        at += 1
    return at, wrong


@kernel
def _records(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  -- one automaton
    content: Bytes, kinds: Bytes, width: int, longest: int, ends: int, most: int
) -> tuple[Numbers, int]:
    size, lines = len(content), 1
    for byte in content:
        lines += byte == NEWLINE
    table, count = np.empty((6, min(lines, most)), np.int64), 0
    at, line = 0, 0
    while at < size and count < most:
        if kinds[content[at]] in (_FEED, _RETURN):
            end = _behind_returns(content, at)
            if end == size or content[end] == NEWLINE:  # a line without a field is no record
                at, line = min(end + 1, size), line + 1
                continue
        start, feeds, fields, wrong, where, bad, is_open = at, 0, 1, SOUND, at, -1, False
        # Most rows are of plain characters alone: for them, what follows is not called.
        while at < size:
            kind = kinds[content[at]]
            if kind == _DELIMITER:
                fields += 1
            elif kind != _PLAIN:
                break
            at += 1
        is_simple = at == size or kinds[content[at]] == _FEED
        if not is_simple:
            at, fields = start, 0
        while not is_simple:
            fields += 1
            if at < size and content[at] == _QUOTE:
                opened, before, limit = at, feeds, min(size, start + longest)
                at, more, foreign = _quoted(content, kinds, at + 1, limit)
                feeds += more
                is_open = at == limit
                at += not is_open
                if is_open or (at < size and kinds[content[at]] in (_PLAIN, _HIGH, _QUOTED, _NUL)):
                    # Lines behind may not be there to be seen: they change nothing that is said.
                    is_far = is_open or more > 0
                    wrong, where = (OPEN_QUOTE, opened) if is_far else (BEHIND_QUOTE, at)
                    is_open = is_open and limit == size and not ends
                    at, feeds = opened, before
                    break
            else:
                at, foreign = _bare(content, kinds, at)
            bad = foreign if bad < 0 else bad
            if at == size or kinds[content[at]] == _FEED:
                break
            if kinds[content[at]] == _DELIMITER:
                at += 1
                continue
            if kinds[content[at]] == _QUOTED:
                wrong, where = BARE_QUOTE, at
            elif _behind_returns(content, at) == at:
                wrong, where = BARE_RETURN, at
            break
        if is_open:  # there may be a quote in what comes
            at = start
            break
        if not wrong and bad >= 0:
            wrong, where = UTF8 if content[bad] else NUL, bad
        elif not wrong and width >= 0 and fields != width:
            wrong = RAGGED
        table[0, count], table[1, count], table[2, count] = start, at, wrong
        table[3, count], table[4, count], table[5, count] = where, line, fields
        count += 1
        is_behind = at == size or kinds[content[at]] == _FEED
        at = min(at + 1, size) if is_behind else _behind_line(content, at)
        line += feeds + 1
    return table[:, :count], at


@kernel
def _fields(
    content: Bytes, kinds: Bytes, starts: Numbers, stops: Numbers, wanted: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Where each field begins and ends, without its quotes, and how many in it are doubled."""
    shape = (len(wanted), len(starts))
    start, stop, doubled = (
        np.empty(shape, np.int64),
        np.empty(shape, np.int64),
        np.empty(shape, np.int64),
    )
    for row in range(len(starts)):
        at, number, place = starts[row], 0, 0
        while place < len(wanted):
            is_quoted, twice = at < stops[row] and content[at] == _QUOTE, 0
            begin = at + is_quoted
            at = begin
            while at < stops[row]:
                if is_quoted and content[at] == _QUOTE:
                    if at + 1 == stops[row] or content[at + 1] != _QUOTE:
                        break
                    twice += 1
                    at += 1
                elif not is_quoted and kinds[content[at]] == _DELIMITER:
                    break
                at += 1
            if number == wanted[place]:
                start[place, row], stop[place, row], doubled[place, row] = begin, at, twice
                place += 1
            at += is_quoted + 1
            number += 1
    return start, stop, doubled


@kernel
def _unquoted(
    content: Bytes, starts: Numbers, stops: Numbers, doubled: Numbers
) -> tuple[Bytes, Numbers]:
    """Fields, one after the other, each doubled quote as one, and where each begins."""
    offsets = np.zeros(len(starts) + 1, np.int64)
    gathered = np.empty((stops - starts - doubled).sum(), np.uint8)
    for row in range(len(starts)):
        end = offsets[row]
        if not doubled[row]:
            offsets[row + 1] = end + stops[row] - starts[row]
            for at in range(
                starts[row], stops[row]
            ):  # of short ones, slices take ten times as long
                gathered[end] = content[at]
                end += 1
            continue
        at = starts[row]
        while at < stops[row]:
            gathered[end] = content[at]
            at += 2 if content[at] == _QUOTE else 1
            end += 1
        offsets[row + 1] = end
    return gathered, offsets
