"""
WARC, judged byte by byte: ISO 28500 to the letter, and where to go on behind what is none.

A record begins with its version, its fields tell how long its block is, and two line ends
stand behind it.  Where they do not, the next record begins at the next line that is one's
first.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.kernels import helper, kernel
from datastd.sources.encoding import NEWLINE, RETURN, Bytes, Numbers, is_blank

Fields: TypeAlias = NDArray[np.int32]  # where values begin and end: a piece has some MiB

SOUND, VERSION, FIELD, TWICE, MISSING, LENGTH, HEADER, END, CUT, SWALLOWS = range(10)
_MORE = -1  # what is there so far is sound

FIRST_LINE = 10  # bytes of a record's first line, WARC/1.0
END_OF_RECORD = b"\r\n\r\n"
_VERSION, _FIRST_LINES = b"\nWARC/1.", (b"\nWARC/1.0\r\n", b"\nWARC/1.1\r\n")
HEADER_MOST = 64 << 10  # bytes of a record's fields
_DIGITS = 18  # of a length: more do not fit into 64 bits

# Fields.
TYPE, LONG, ID, TIME, URL, LANGUAGE, CONTENT, SEGMENT, BLOCK_DIGEST, PAYLOAD_DIGEST = range(10)
_MUST, _COUNT = 4, 10  # the first of them, and all


def _words(*words: str) -> Bytes:
    """Words in lower case, each with zeros behind it."""
    most = max(map(len, words)) + 1
    padded = "".join(word.ljust(most, "\0") for word in words)
    return np.frombuffer(padded.encode(), np.uint8).reshape(len(words), most)


_FIELDS = _words(
    "warc-type", "content-length", "warc-record-id", "warc-date", "warc-target-uri",
    "warc-identified-content-language", "content-type", "warc-segment-number",
    "warc-block-digest", "warc-payload-digest",
)  # fmt: skip
_TYPES = _words("conversion", "resource", "warcinfo")
_CONVERSION, _RESOURCE, _INFO = range(3)
_PLAIN = _words("text/plain")

DOCUMENT, INFO, OTHER = range(3)
"""What a record is: a text, what is said of the file, or neither."""


class Records(NamedTuple):
    """
    The records of a piece of a file; shape (N,) each.

    Attributes:
        start: Where each begins, in bytes of the piece.
        block: Where its block begins.
        stop: Where that ends.
        found: `SOUND`, or what is wrong with it.
        at: Where that is, in bytes of the piece.
        kind: What it is; of one that is not sound, `DOCUMENT`.
        fields: Where the value of each field begins and ends, -1 where there is none;
            shape (N, 10, 2).
    """

    start: Numbers
    block: Numbers
    stop: Numbers
    found: Numbers
    at: Numbers
    kind: Numbers
    fields: Fields

    def rows(self, wanted: Numbers) -> "Records":
        """Those records alone."""
        return Records(
            self.start[wanted], self.block[wanted], self.stop[wanted], self.found[wanted],
            self.at[wanted], self.kind[wanted], self.fields[wanted],
        )  # fmt: skip


def records(piece: bytes, *, longest: int, ends: bool) -> tuple[Records, int, int]:
    """
    Find the records of a piece, which begins with one.

    Args:
        piece: Some of a file.
        longest: Bytes of a record in which no other may begin.
        ends: Whether nothing comes behind the piece.

    Returns:
        Those that are whole; where they end; and how many bytes the next one has, which is
        not: 0 where that is not said yet, and -1 where it goes on to the next first line.
    """
    bytes_ = np.frombuffer(piece, np.uint8)
    table, fields, end, size = _records(bytes_, longest, int(ends))
    start, block, stop, found, at, kind = table.T.copy()
    return Records(start, block, stop, found, at, kind, fields), int(end), int(size)


def is_document(piece: bytes) -> bool:
    """Say whether the record is one with which a piece begins; its fields are sound."""
    return bool(_first_kind(np.frombuffer(piece, np.uint8)) == DOCUMENT)


def next_record(piece: bytes) -> int:
    """Where the first record begins behind the beginning of a piece; -1 where none does."""
    begin = piece.find(_VERSION)  # as fast as memory is; few files have it but where it counts
    found = [piece.find(line, begin) for line in _FIRST_LINES] if begin >= 0 else []
    return min((at + 1 for at in found if at >= 0), default=-1)


@helper
def _begins(content: Bytes, at: int) -> bool:
    """Say whether a first line stands here."""
    if at + FIRST_LINE > len(content) or content[at + 8] != RETURN or content[at + 9] != NEWLINE:
        return False
    is_ours = content[at] == 0x57 and content[at + 1] == 0x41 and content[at + 2] == 0x52
    is_ours = is_ours and content[at + 3] == 0x43 and content[at + 4] == 0x2F
    return bool(
        is_ours and content[at + 5] == 0x31 and content[at + 6] == 0x2E
        and content[at + 7] in (0x30, 0x31)
    )  # fmt: skip


@helper
def _next(content: Bytes, at: int, stop: int) -> int:
    """Where the first record begins from *at* on, which is not the beginning; -1 for none."""
    while at + FIRST_LINE <= stop:
        if content[at] == 0x57 and content[at - 1] == NEWLINE and _begins(content, at):
            return at
        at += 1
    return -1


@helper
def _lower(byte: int) -> int:
    return byte | 0x20 if 0x41 <= byte <= 0x5A else byte


@helper
def _word(content: Bytes, at: int, stop: int, words: Bytes) -> int:
    """Which of the words this is; -1 for none."""
    for number in range(len(words)):
        length = 0
        while at + length < stop and _lower(content[at + length]) == words[number, length]:
            length += 1
        if at + length == stop and not words[number, length]:
            return number
    return -1


@helper
def _field(content: Bytes, at: int, stop: int, fields: Fields) -> tuple[int, int]:
    """Read a line with a field, and put it among the *fields*: what is wrong, and which it is."""
    colon = at
    while colon < stop and content[colon] != 0x3A:
        colon += 1
    if colon in (at, stop):
        return FIELD, -1
    known = _word(content, at, colon, _FIELDS)
    if known < 0:
        return SOUND, known
    if fields[known, 0] >= 0:
        return TWICE, known
    begin = colon + 1
    while begin < stop and is_blank(content[begin]):
        begin += 1
    while stop > begin and is_blank(content[stop - 1]):
        stop -= 1
    fields[known, 0], fields[known, 1] = begin, stop
    return SOUND, known


@helper
def _header(  # noqa: C901
    content: Bytes, start: int, fields: Fields
) -> tuple[int, int]:
    """Read the fields of a record: what is wrong, and where that is; else where they end."""
    if not _begins(content, start):
        return (_MORE if len(content) < start + FIRST_LINE else VERSION), start
    at, known = start + FIRST_LINE, -1
    limit = min(len(content), start + HEADER_MOST)
    while True:
        line = at
        while at < limit and content[at] != NEWLINE:
            at += 1
        if at == limit:
            return (HEADER if at == start + HEADER_MOST else _MORE), line
        end, at = at - 1, at + 1
        if end < line or content[end] != RETURN:
            return FIELD, line
        if end == line:
            return SOUND, at
        if not is_blank(content[line]):
            wrong, known = _field(content, line, end, fields)
            if wrong:
                return wrong, line
        elif line == start + FIRST_LINE:
            return FIELD, line
        elif known >= 0:  # the line goes on with the value before
            fields[known, 1] = end


@helper
def _length(content: Bytes, start: int, stop: int) -> int:
    """The number that the digits are; -1 where they are none."""
    if stop == start or stop - start > _DIGITS:
        return -1
    value = 0
    for at in range(start, stop):
        if not 0x30 <= content[at] <= 0x39:
            return -1
        value = value * 10 + int(content[at]) - 0x30
    return value


@helper
def _kind(content: Bytes, fields: Fields) -> int:
    """What a record is, by its fields."""
    named = _word(content, fields[TYPE, 0], fields[TYPE, 1], _TYPES)
    if named == _INFO:
        return INFO
    if named < 0 or fields[SEGMENT, 0] >= 0 or fields[CONTENT, 0] < 0:
        return OTHER
    stop = fields[CONTENT, 0]
    while stop < fields[CONTENT, 1] and content[stop] != 0x3B and not is_blank(content[stop]):
        stop += 1
    return DOCUMENT if _word(content, fields[CONTENT, 0], stop, _PLAIN) == 0 else OTHER


@helper
def _swallowed(content: Bytes, block: int, stop: int, fields: Fields) -> int:
    """
    Where records begin in a block that end where this one is said to; -1 where none do.

    Behind it stands what was taken for the end of this one.  An archive within a record, as a
    crawler finds some, ends before that.
    """
    begun, end = -1, -1  # of those that follow one another
    at = _next(content, block + len(END_OF_RECORD), stop)
    while at >= 0:
        begun = begun if at == end else at
        end = at
        if content[at - 3] == NEWLINE and content[at - 2] == RETURN:
            fields[:] = -1
            found, begin = _header(content[: stop + len(END_OF_RECORD)], at, fields)
            if found == SOUND and fields[LONG, 0] >= 0:
                length = _length(content, fields[LONG, 0], fields[LONG, 1])
                end = begin + length + len(END_OF_RECORD) if length >= 0 else at
                if end == stop + len(END_OF_RECORD):
                    return begun
        at = _next(content, end if at < end <= stop else at + 1, stop)
    return -1


@kernel
def _first_kind(content: Bytes) -> int:
    fields = np.full((_COUNT, 2), -1, np.int32)
    _header(content, 0, fields)
    return _kind(content, fields)


@kernel
def _records(  # noqa: C901, PLR0912
    content: Bytes, longest: int, ends: int
) -> tuple[Numbers, Fields, int, int]:
    table, fields = np.empty((64, 6), np.int64), np.empty((64, _COUNT, 2), np.int32)
    count, at, size, others = 0, 0, len(content), np.empty((_COUNT, 2), np.int32)
    while at < size:
        if count == len(table):
            longer, more = (
                np.empty((2 * count, 6), np.int64),
                np.empty((2 * count, _COUNT, 2), np.int32),
            )
            longer[:count], more[:count] = table, fields
            table, fields = longer, more
        start, block, stop, after = at, at, at, -1
        fields[count] = -1
        found, where = _header(content, start, fields[count])
        if found == SOUND:
            block = stop = where
            for n in range(_MUST):
                if not found and fields[count, n, 0] < 0:
                    found, where = MISSING, start
        if found == SOUND:
            length = _length(content, fields[count, LONG, 0], fields[count, LONG, 1])
            if length < 0:
                found, where = LENGTH, fields[count, LONG, 0]
        if found == SOUND:
            stop = block + length
            after = stop + len(END_OF_RECORD)
            if after - start > longest:
                within = _next(content, start + 1, size)
                if 0 <= within < after:
                    found, where = END, start  # as of one that is passed by
        if found == _MORE or (found == SOUND and after > size):
            if not ends:
                return table[:count], fields[:count], start, max(after - start, 0)
            found, where = CUT, size
        if found == SOUND:
            for n in range(len(END_OF_RECORD)):
                if content[stop + n] != (NEWLINE if n % 2 else RETURN):
                    found, where = END, stop
        if found == SOUND:
            within = _swallowed(content, block, stop, others)
            if within >= 0:
                found, where = SWALLOWS, within
        if found != SOUND:
            after = _next(content, start + 1, size)
            if after < 0:
                if not ends:
                    return table[:count], fields[:count], start, -1
                after = size
        kind = DOCUMENT if found else _kind(content, fields[count])
        table[count] = start, block, min(stop, size), found, where, kind
        count, at = count + 1, after
    return table[:count], fields[:count], at, 0
