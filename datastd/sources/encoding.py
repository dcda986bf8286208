"""
Text as bytes: whether they are UTF-8, and what a file of text may begin with.

Bytes are looked at as they are.  Lines end with a line feed, byte 0A, and nothing else
ends them: not U+2028, not U+0085.
"""

import functools
from typing import Any, ClassVar, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.kernels import helper, kernel
from datastd.sources import Defect, Findings
from datastd.sources.files import EmptyFile, head_of, unreadable
from datastd.sources.streams import codec_of, content

Bytes: TypeAlias = NDArray[np.uint8]
Numbers: TypeAlias = NDArray[np.int64]

NEWLINE, RETURN = 0x0A, 0x0D
BOM, _WIDE = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_HEAD = 64 << 10  # bytes in which UTF-16 shows
_OFTEN = 0.3  # share of zeros among every other of them


class JsonlBom(Defect):
    """
    A file that begins with a byte order mark, EF BB BF; it is read without.

    Of CSV and of plain text it is said under this code too.

    Why it matters:
        Parsers refuse the first record, or find its first key, or its first column, to be
        another; and in plain text it is a character that nobody sees.

    Remedy:
        Write the file as UTF-8 without a mark.

    Source:
        RFC 8259, section 8.1: implementations must not add one.
    """

    code, name = "F016", "jsonl-bom"
    loses: ClassVar[bool] = False


class Utf8Invalid(Defect):
    """
    A record with bytes that are no UTF-8: overlong forms and surrogates are none either.

    Why it matters:
        A loader replaces them, drops the record, or ends; datatrove drops the file.

    Remedy:
        Find out which encoding the text was written in, and convert it.

    Source:
        The Unicode Standard, table 3-7; TFDV ENUM_TYPE_INVALID_UTF8.
    """

    code, name, unit = "F020", "utf8-invalid", "samples"


class Utf16Suspected(Defect):
    """
    A file that seems to be UTF-16: a mark FF FE or FE FF, or every other byte often zero.

    Every other byte counts as often zero from 30 % of the first 64 KiB on.

    Why it matters:
        As UTF-8 no line of it can be read.

    Remedy:
        Convert the file to UTF-8.

    Source:
        datastd's own definition.
    """

    code, name = "F021", "utf16-suspected"


def look(tree: Tree, path: str, findings: Findings) -> int:
    """
    Look at the first bytes of a file of text: name a mark, and give its length.

    Raises:
        Defect: It is empty, cannot be read, or looks like UTF-16.
    """
    if not tree.stamps[path].size:
        raise EmptyFile(path, "", "at least one byte", "0 bytes")
    if codec_of(path) is None:
        try:
            head = head_of(tree, path, _HEAD)
        except OSError as error:
            raise unreadable(path, error) from None
    else:
        head = next((piece for piece in content(tree, path) if piece), b"")[:_HEAD]
    zeros = np.frombuffer(head[: len(head) // 2 * 2], np.uint8).reshape(-1, 2) == 0
    if head.startswith(_WIDE) or (len(zeros) and zeros.mean(axis=0).max() > _OFTEN):
        raise Utf16Suspected(path, "byte 0", "UTF-8", "what looks like UTF-16")
    if not head.startswith(BOM):
        return 0
    findings.defects.append(JsonlBom(path, "byte 0", "the first record", "a byte order mark"))
    return len(BOM)


def text_of(tree: Tree, path: str, most: int, kind: type[Defect]) -> str:
    """
    A small file of text, such as a list, without a mark at its beginning.

    Raises:
        Defect: It has more than *most* bytes, or is no UTF-8: of this *kind*; it cannot be read.
    """
    try:
        held = head_of(tree, path, most + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    if len(held) > most:
        raise kind(path, "", f"at most {most} bytes", "more")
    try:
        return held.removeprefix(BOM).decode()
    except UnicodeDecodeError as error:
        raise kind(path, f"byte {error.start}", "UTF-8", "other bytes") from None


@helper
def is_blank(byte: int) -> bool:
    """Say whether a byte is white space that does not end a line."""
    return byte in (0x20, 0x09, RETURN)


@helper
def utf8(line: Bytes, at: int, stop: int) -> int:
    """Length of the character beyond ASCII at *at*; 0 where the bytes are none (Unicode 3-7)."""
    first = line[at]
    if first < 0xC2 or first > 0xF4:
        return 0
    more = 1 if first < 0xE0 else 2 if first < 0xF0 else 3
    if at + more >= stop:
        return 0
    low, high = 0x80, 0xBF
    if first == 0xE0:
        low = 0xA0
    elif first == 0xED:
        high = 0x9F
    elif first == 0xF0:
        low = 0x90
    elif first == 0xF4:
        high = 0x8F
    if not low <= line[at + 1] <= high:
        return 0
    for n in range(2, more + 1):
        if line[at + n] & 0xC0 != 0x80:
            return 0
    return more + 1


@helper
def is_separator(line: Bytes, at: int, length: int) -> bool:
    """Say whether the character is NEL, LINE SEPARATOR or PARAGRAPH SEPARATOR."""
    if length == 2:
        return bool(line[at] == 0xC2 and line[at + 1] == 0x85)
    is_long = length == 3 and line[at] == 0xE2 and line[at + 1] == 0x80
    return bool(is_long and line[at + 2] | 1 == 0xA9)


@kernel
def not_utf8(content: Bytes, starts: Numbers, stops: Numbers) -> Numbers:
    """Where the first bytes of each string are that are no UTF-8; -1 where there are none."""
    found = np.full(len(starts), -1, np.int64)
    for row in range(len(starts)):
        at, stop = starts[row], stops[row]
        while at < stop:
            if content[at] < 0x80:
                at += 1
                continue
            length = utf8(content, at, stop)
            if not length:
                found[row] = at
                break
            at += length
    return found


@kernel
def separators(content: Bytes, starts: Numbers, stops: Numbers) -> Numbers:
    """
    What other readers take for the end of a line, in each string, which is UTF-8.

    U+0085, U+2028, U+2029, and carriage returns that no line feed follows.
    """
    found = np.zeros(len(starts), np.int64)
    for row in range(len(starts)):
        at, stop = starts[row], stops[row]
        while at < stop:
            length = 1
            if content[at] >= 0x80:
                length = utf8(content, at, stop)
                found[row] += is_separator(content, at, length)
            elif content[at] == RETURN:
                found[row] += at + 1 == stop or content[at + 1] != NEWLINE
            at += length
    return found


def strings(
    content: Bytes, starts: Numbers, stops: Numbers, valid: NDArray[np.bool_] | None = None
) -> pl.Series:
    """Those parts of *content*, which are UTF-8, as strings; those not *valid* become null."""
    return as_strings(*gathered(content, starts, stops), valid)


def as_strings(
    content: Bytes, offsets: Numbers, valid: NDArray[np.bool_] | None = None
) -> pl.Series:
    """
    Strings that stand one after the other, as a column; nothing is copied.

    Args:
        content: Them; UTF-8.
        offsets: Where each begins in it, and where the last ends; shape (N + 1,).
        valid: Which there are; the others become null.
    """
    import pyarrow as pa  # noqa: PLC0415

    return _column(pa.large_string(), content, offsets, valid)


def as_bytes(content: Bytes, offsets: Numbers, valid: NDArray[np.bool_] | None = None) -> pl.Series:
    """As `as_strings` does, of any bytes."""
    import pyarrow as pa  # noqa: PLC0415

    return _column(pa.large_binary(), content, offsets, valid)


def _column(
    kind: Any,  # noqa: ANN401  -- pyarrow's
    content: Bytes, offsets: Numbers, valid: NDArray[np.bool_] | None,
) -> pl.Series:  # fmt: skip
    import pyarrow as pa  # noqa: PLC0415

    mask = None
    if valid is not None and not valid.all():
        mask = pa.py_buffer(np.packbits(valid, bitorder="little"))
    buffers = [mask, pa.py_buffer(offsets), pa.py_buffer(content)]
    return pl.Series(pa.Array.from_buffers(kind, len(offsets) - 1, buffers))


def nulls(count: int, kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    """So many nulls as a column, in a tenth of the time of `polars.repeat`."""
    return _null(kind).new_from_index(0, count)


@functools.cache
def _null(kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    return pl.Series([None], dtype=kind)


@kernel
def gathered(content: Bytes, starts: Numbers, stops: Numbers) -> tuple[Bytes, Numbers]:
    """The parts, one after the other, and where each begins."""
    offsets = np.zeros(len(starts) + 1, np.int64)
    parts = np.empty((stops - starts).sum(), np.uint8)
    end = 0
    for row in range(len(starts)):
        for at in range(starts[row], stops[row]):  # of short ones, slices take ten times as long
            parts[end] = content[at]
            end += 1
        offsets[row + 1] = end
    return parts, offsets
