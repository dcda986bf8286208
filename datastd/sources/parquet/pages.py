"""
Pages of a Parquet file, as their headers have them: how many values, and how large.

The footer says both of a whole column, and can lie.  pyarrow decodes pages; what it is given
to decode is known before, from here.  What it says of a column by itself is not asked for: at
some lies of a footer it ends the process.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.kernels import helper, kernel

Bytes: TypeAlias = NDArray[np.uint8]
Numbers: TypeAlias = NDArray[np.int64]
Read: TypeAlias = Callable[[int, int], bytes]
"""Gives so many bytes at an offset of the file, or fewer at its end."""

FIELDS = 16  # fields of a struct that are looked at, by their number
_UPPER, _DEEP = 2, 64  # structs inside each other that are counted; structs and lists at all
_CUT, _NONE = -1, -2
_HEAD, _LONGEST = 1 << 9, 1 << 24  # bytes of a header: so many are read at first, and at most
_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = (
    0, 1, 2, 3, 7, 8, 9, 10, 11, 12,
)  # fmt: skip
_MORE = 15  # in place of a list's length: it follows
_GROUP, _CHUNK = 2, 4  # levels of row groups and of their columns, in a footer,
_ROWS, _GROUPS, _CHUNKS, _CONTENT = 3, 4, 1, 3  # and fields on the way there

DICTIONARY, DATA, DATA_2 = 2, 0, 3
"""Kinds of pages, as a header numbers them; any other is passed over by readers."""
DELTA_BYTES = 7
"""The encoding in which a value begins as the one before: a few bytes can stand for many."""
BY_DICTIONARY = frozenset({2, 8})
"""Encodings that refer to a dictionary."""
_VALUES = {DATA: (5, 2), DICTIONARY: (7, 2), DATA_2: (8, 4)}
"""By kind of page: the field with its values, and which field of that is their encoding."""


class Page(NamedTuple):
    """
    A page of a column.

    Attributes:
        at: Where its header begins, in bytes.
        kind: One of those above.
        size: Bytes of it once it is decompressed.
        stored: Bytes of it, without its header.
        values: How many are in it, nulls included.
        encoding: Theirs, by its number.
    """

    at: int
    kind: int
    size: int
    stored: int
    values: int
    encoding: int


class Footer(NamedTuple):
    """
    What a footer says, all in whole numbers by their fields: those of parquet-format.

    Attributes:
        rows: Of the whole file.
        groups: Of each row group; shape (G, 16).
        chunks: Of each column of each group, one group after the other; shape (K, 16).
        structs: How many structs are in it, those deep inside not counted.
    """

    rows: int
    groups: Numbers
    chunks: Numbers
    structs: int


def footer(content: bytes) -> Footer:
    """
    Read a footer.

    Raises:
        ValueError: It is none.
    """
    found = np.zeros((FIELDS, FIELDS), np.int64)
    end, structs, groups, chunks = _walk(np.frombuffer(content, np.uint8), found)
    if end < 0 or len(chunks) % max(1, len(groups)):
        msg = "no struct in Thrift" if end < 0 else "row groups of different columns"
        raise ValueError(msg)
    return Footer(int(found[_ROWS, 0]), groups, chunks, structs)


def pages(read: Read, start: int, stop: int) -> Iterator[Page]:
    """
    Yield the pages that lie between two offsets of a file.

    Raises:
        ValueError: What lies there are no pages; the message says where, and what there is.
    """
    at = start
    while at < stop:
        length, found = _header(read, at, stop)
        kind, size, stored = (int(found[field, 0]) for field in (1, 2, 3))
        field, encoding = _VALUES.get(kind, (0, 0))
        page = Page(
            at, kind, size, stored, *(int(found[field, n]) if field else 0 for n in (1, encoding))
        )
        if min(size, stored, page.values) < 0 or stored > stop - at - length:
            raise ValueError(f"byte {at}: a page that ends behind its column")
        yield page
        at += length + stored


def _header(read: Read, at: int, stop: int) -> tuple[int, Numbers]:
    """Length of the header at an offset, and what is in it."""
    length = _HEAD
    while True:
        content = np.frombuffer(read(at, min(length, stop - at)), np.uint8)
        found = np.zeros((FIELDS, FIELDS), np.int64)
        end, *_ = _walk(content, found)
        if end > 0:
            return end, found
        if end == _NONE or length > len(content) or length >= _LONGEST:
            raise ValueError(f"byte {at}: no header of a page")
        length *= 8


@helper
def _number(data: Bytes, at: int) -> tuple[int, int]:
    """The number at *at* in groups of seven bits, and where it ends; or why there is none."""
    value = 0
    for group in range(10):
        if at >= len(data):
            return 0, _CUT
        value |= (data[at] & 0x7F) << (7 * group)
        at += 1
        if not data[at - 1] & 0x80:
            return value, at
    return 0, _NONE


@helper
def _zigzag(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


@register_jitable
def _room(table: Numbers, count: int) -> Numbers:
    """A table with room for one row more than *count*."""
    if count < len(table):
        return table
    more = np.zeros((2 * count + 8, FIELDS), np.int64)
    more[:count] = table[:count]
    return more


@kernel
def _walk(  # noqa: C901, PLR0911, PLR0912, PLR0915  -- one automaton
    data: Bytes, found: Numbers
) -> tuple[int, int, Numbers, Numbers]:
    """
    Walk over a struct in Thrift's compact protocol.

    Args:
        data: Begins with it.
        found: Takes its whole numbers: at ``[f, 0]`` that under field f, and at ``[f, g]``
            field g of the struct under field f; shape (16, 16), zeros.

    Returns:
        Where it ends, -1 if the data end before, -2 if it is none; the number of structs that
        lie in it no more than two levels deep; and of a footer, the tables of `Footer`.
    """
    kinds, left = np.zeros(_DEEP, np.int64), np.zeros(_DEEP, np.int64)  # of elements; how many
    fields = np.zeros(_DEEP, np.int64)  # number of the last one
    groups, chunks = np.zeros((0, FIELDS), np.int64), np.zeros((0, FIELDS), np.int64)
    level, structs, deep, at = 0, 0, 0, 0  # `deep`: structs that are open, but the first
    group, chunk = 0, 0
    kinds[0] = _STRUCT
    while True:
        if at >= len(data):
            return _CUT, structs, groups, chunks
        if kinds[level] == _STRUCT:
            head = data[at]
            at += 1
            if head == _STOP:
                level -= 1
                if level < 0:
                    return at, structs, groups[:group], chunks[:chunk]
                deep -= 1
                continue
            kind = head & 0x0F
            if head >> 4:
                fields[level] += head >> 4
            else:
                value, at = _number(data, at)
                if at < 0:
                    return at, structs, groups, chunks
                fields[level] = _zigzag(value)
        elif left[level] == 0:
            level -= 1
            continue
        else:
            left[level] -= 1
            kind = -kinds[level]
            at += kind in (_TRUE, _FALSE)  # a byte each, in a list
        if kind in (_TRUE, _FALSE):
            continue
        # Of a footer: a list of row groups, in each a list of columns, in each what it holds.
        in_group = level >= _GROUP and kinds[1] < 0 and fields[0] == _GROUPS
        in_chunk = in_group and level >= _CHUNK and kinds[3] < 0 and fields[_GROUP] == _CHUNKS
        if kind in (_BYTE, _DOUBLE):
            at += 1 if kind == _BYTE else 8
        elif kind < _BYTE or kind > _STRUCT or kind == _MAP:
            return _NONE, structs, groups, chunks
        elif kind == _STRUCT:
            if level + 1 == _DEEP:
                return _NONE, structs, groups, chunks
            level += 1
            deep += 1
            structs += deep <= _UPPER
            if level == _GROUP and kinds[1] < 0 and fields[0] == _GROUPS:
                groups, group = _room(groups, group), group + 1
            elif in_group and level == _CHUNK and kinds[3] < 0 and fields[_GROUP] == _CHUNKS:
                chunks, chunk = _room(chunks, chunk), chunk + 1
            kinds[level], fields[level] = _STRUCT, 0
        elif kind in (_LIST, _SET):
            if at >= len(data):
                return _CUT, structs, groups, chunks
            head = data[at]
            at += 1
            count = int(head >> 4)
            if count == _MORE:
                count, at = _number(data, at)
                if at < 0:
                    return at, structs, groups, chunks
            if level + 1 == _DEEP or count < 0:
                return _NONE, structs, groups, chunks
            level += 1
            kinds[level], left[level] = -int(head & 0x0F), count
        else:
            value, at = _number(data, at)
            if at < 0:
                return at, structs, groups, chunks
            if kind == _BINARY:
                if value < 0 or value > len(data) - at:
                    return _CUT, structs, groups, chunks
                at += value
                continue
            field = fields[level]
            if kinds[level] != _STRUCT or not 0 < field < FIELDS:
                continue
            if level == 0:
                found[field, 0] = _zigzag(value)
            elif level == 1 and 0 < fields[0] < FIELDS:
                found[fields[0], field] = _zigzag(value)
            elif in_group and level == _GROUP:
                groups[group - 1, field] = _zigzag(value)
            elif in_chunk and level == _CHUNK + 1 and fields[_CHUNK] == _CONTENT:
                chunks[chunk - 1, field] = _zigzag(value)
