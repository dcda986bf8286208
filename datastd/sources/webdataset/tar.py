"""
The members of a tar archive, many at once: ustar, with GNU's long names and POSIX's records.

Every header's checksum is verified, and an archive has to come to its end: two blocks of
zeros, and nothing behind them.  Where two readers could find other members in it, or other
names, it is refused.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.bits import eight
from datastd.kernels import helper, kernel
from datastd.sources.encoding import as_strings, not_utf8
from datastd.sources.files import ContainerMagicMismatch
from datastd.sources.streams import Forward
from datastd.sources.webdataset.defects import TarInvalid

Bytes: TypeAlias = NDArray[np.uint8]
Numbers: TypeAlias = NDArray[np.int64]

BLOCK = 512  # bytes; an archive is a row of such
WINDOW = 8 << 20  # bytes that are looked at together
_FEW, _APART = 64 << 10, 16  # bytes that are looked at where members are large, and how many then
_LONG = 64 << 10  # bytes of the longest name, or of the records before a member

REGULAR, FOLDER, OTHER = range(3)

# How a walk ends: where the window does, at the end of the archive, or at what is wrong.
MORE, END, HEADER, NUMBER, NAMES, RECORDS, LONG, ALONE, ORPHAN = range(9)
_WRONG: Mapping[int, tuple[str, str]] = {
    HEADER: ("a header of ustar with its checksum", "another block"),
    NUMBER: ("a size in octal digits, below 2^62", "another"),
    NAMES: ("one name for a member", "two"),
    RECORDS: ("records such as '11 path=a\\n', and of one member alone", "others"),
    LONG: (f"names and records of at most {_LONG} bytes", "longer ones"),
    ALONE: ("two blocks of zeros at the end", "one, and more behind it"),
    ORPHAN: ("a member behind its long name or its records", "the end of the archive"),
}

_LINK, _SPARSE, _REGULAR_TYPES = 0x4B, 0x53, (0x30, 0x00, 0x37)  # K; S; 0, NUL and 7
_LONG_NAME, _OF_ONE, _OF_ALL = 0x4C, (0x78, 0x58), 0x67  # L; x and X; g
_FOLDERS = (0x35, 0x56)  # 5; V is the label of the archive
_EMPTY = (0x31, 0x36)  # from 1 to 6: links, devices, folders, pipes: no bytes follow


class Found(NamedTuple):
    """
    Members that were found in a window.

    Attributes:
        members: A row each: ``name`` (null where it is no UTF-8), ``at`` (where its first
            header begins, in bytes of the archive), ``data`` (where its bytes do), ``size``,
            ``stop`` (where the next header begins) and ``kind``.
        base: Where the window begins.
        window: The bytes in it.
    """

    members: pl.DataFrame
    base: int
    window: bytes


def walk(content: Forward, path: str, start: int = 0, window: int = WINDOW) -> Iterator[Found]:
    """
    Yield the members of an archive from one on, in order.

    Raises:
        Defect: The archive ends too early, or is none from some byte on; what was yielded
            last may then lack bytes.
    """
    at, room = start, min(_FEW, window)
    while True:
        block = content.read(at, room)
        table, names, offsets, end, status = _walk(np.frombuffer(block, np.uint8))
        if len(table):
            yield Found(_frame(table, names, offsets, at), at, block)
        if status > END:
            raise _wrong(path, block, at, end, status)
        if status == END:
            _refuse_more(content, path, at + end)
            return
        if end == 0 and len(block) < room:
            raise content.trouble or _cut(path, at + len(block))
        if end == 0 and room == WINDOW:
            raise TarInvalid(path, f"byte {at}", *_WRONG[LONG])
        # Where few members fill a window, their bytes are stepped over, and not read.
        room = WINDOW if end == 0 else min(_FEW, window) if len(table) < _APART else window
        at += end


def _frame(table: Numbers, names: Bytes, offsets: Numbers, base: int) -> pl.DataFrame:
    names.flags.writeable = False  # as bytes of a file are: one kernel is compiled for both
    name = as_strings(names, offsets, not_utf8(names, offsets[:-1], offsets[1:]) < 0)
    at, data, size, stop, kind = table.T
    return pl.DataFrame({
        "name": name,
        "at": at + base, "data": data + base, "size": size, "stop": stop + base, "kind": kind,
    })  # fmt: skip


def _wrong(
    path: str, block: bytes, base: int, at: int, status: int
) -> TarInvalid | ContainerMagicMismatch:
    """What is wrong with the header at *at* of a window."""
    magic = block[at + 257 : at + 262]
    if base + at == 0 and magic != b"ustar":
        expected = "'ustar', the magic number of tar"
        return ContainerMagicMismatch(path, "byte 257", expected, magic.hex() or "the end")
    return TarInvalid(path, f"byte {base + at}", *_WRONG[status])


def _cut(path: str, at: int) -> TarInvalid:
    expected = "the rest of a member, and two blocks of zeros at the end"
    return TarInvalid(path, f"byte {at}", expected, "the end of the file")


def _refuse_more(content: Forward, path: str, at: int) -> None:
    """Refuse an archive behind whose end other bytes stand: readers stop before them."""
    while rest := content.read(at, WINDOW):
        if rest.strip(b"\0"):
            place = at + len(rest) - len(rest.lstrip(b"\0"))
            raise TarInvalid(path, f"byte {place}", "zeros behind the end", "other bytes")
        at += len(rest)
    if content.trouble:
        raise content.trouble


@helper
def _number(block: Bytes, at: int, length: int) -> int:
    """A number as tar writes it, in octal digits or in binary; -1 where it is none."""
    value, end = np.int64(0), at + length
    if block[at] >= 0x80:
        value = np.int64(block[at] & 0x7F)
        for n in range(at + 1, end):
            if value >= np.int64(1) << 54:
                return -1
            value = value << 8 | np.int64(block[n])
        return int(value)
    while at < end and block[at] == 0x20:
        at += 1
    while at < end and 0x30 <= block[at] <= 0x37:
        value = value << 3 | np.int64(block[at] - 0x30)
        at += 1
    return int(value) if at == end or block[at] in (0x00, 0x20) else -1


@helper
def _is_header(block: Bytes, at: int) -> bool:
    """Say whether a block is a header of ustar with its checksum, of bytes with a sign or none."""
    for n, letter in enumerate((0x75, 0x73, 0x74, 0x61, 0x72)):
        if block[at + 257 + n] != letter:
            return False
    total, high = 8 * 0x20, 0
    for n in range(at, at + BLOCK):
        total += block[n]
        high += block[n] >= 0x80
    for n in range(at + 148, at + 156):
        total -= block[n]
        high -= block[n] >= 0x80
    stated = _number(block, at + 148, 8)
    return bool(stated in (total, total - 256 * high))


@helper
def _is_zero(block: Bytes, at: int) -> bool:
    for here in range(at, at + BLOCK, 8):  # noqa: SIM110  -- as below
        if eight(block, here):
            return False
    return True


@helper
def _end(block: Bytes, at: int, stop: int) -> int:
    """Where a string ends: at its NUL, or where there is no more room."""
    while at < stop and block[at]:
        at += 1
    return at


@helper
def _begins(block: Bytes, at: int, stop: int, word: Bytes) -> bool:
    if stop - at < len(word):
        return False
    for n in range(len(word)):  # noqa: SIM110  -- numba makes no machine code of a generator
        if block[at + n] != word[n]:
            return False
    return True


_PATH, _SIZE, _SPARSE_KEY = (
    np.frombuffer(word, np.uint8) for word in (b"path=", b"size=", b"GNU.sparse.")
)


@helper
def _records(block: Bytes, at: int, stop: int) -> tuple[bool, int, int, int, bool]:
    """The records before a member: whether they are sound, the name, the size, and if sparse."""
    name, until, size, sparse = -1, -1, -1, False
    while at < stop and block[at]:
        length, digits = 0, at
        while digits < stop and 0x30 <= block[digits] <= 0x39 and length <= _LONG:
            length = 10 * length + int(np.int64(block[digits]) - 0x30)
            digits += 1
        end = at + length
        if digits in (at, stop) or block[digits] != 0x20 or end > stop or end < digits + 4:
            return False, name, until, size, sparse
        begin, equals = digits + 1, digits + 1
        while equals < end and block[equals] != 0x3D:
            equals += 1
        if block[end - 1] != 0x0A or equals in (begin, end):
            return False, name, until, size, sparse
        if _begins(block, begin, end, _PATH) and end - 1 > equals + 1:
            name, until = equals + 1, end - 1
        elif _begins(block, begin, end, _SIZE):
            size = 0
            for n in range(equals + 1, end - 1):
                if not 0x30 <= block[n] <= 0x39 or size >= 1 << 58:
                    return False, name, until, size, sparse
                size = 10 * size + int(np.int64(block[n]) - 0x30)
        sparse = sparse or _begins(block, begin, end, _SPARSE_KEY)
        at = end
    return True, name, until, size, sparse


@kernel
def _walk(  # noqa: C901, PLR0912, PLR0915  -- one automaton
    block: Bytes,
) -> tuple[Numbers, Bytes, Numbers, int, int]:
    """
    Find the members whose headers lie in a window that begins with one.

    Returns a row for each, the names with their bounds, and where the walk ended, and why.
    """
    most = len(block) // BLOCK
    table, names = np.empty((most, 5), np.int64), np.empty(len(block), np.uint8)
    offsets = np.zeros(most + 1, np.int64)
    count, at, written, status, begin = 0, 0, 0, MORE, 0
    while status == MORE and at < len(block):
        begin = at
        name, until, said, sparse, ready = -1, -1, -1, False, False
        while not ready and status == MORE:
            if at + BLOCK > len(block):
                break
            if _is_zero(block, at):
                if begin != at:
                    status = ORPHAN
                elif at + 2 * BLOCK > len(block):
                    break
                else:
                    status = END if _is_zero(block, at + BLOCK) else ALONE
                continue
            if not _is_header(block, at):
                status = HEADER
                continue
            size, kind = _number(block, at + 124, 12), block[at + 156]
            if size < 0:
                status = NUMBER
                continue
            if kind not in (_LONG_NAME, _LINK, *_OF_ONE, _OF_ALL):
                ready = True
                continue
            first, last = at + BLOCK, at + BLOCK + size
            if size > _LONG:
                status = LONG
                continue
            if first + (size + BLOCK - 1) // BLOCK * BLOCK > len(block):
                break
            if kind == _LONG_NAME:
                if name >= 0:
                    status = NAMES
                name, until = first, _end(block, first, last)
            elif kind != _LINK:
                sound, place, to, more, some = _records(block, first, last)
                if not sound or (kind == _OF_ALL and (place >= 0 or more >= 0 or some)):
                    status = RECORDS
                elif name >= 0 and place >= 0:
                    status = NAMES
                elif kind != _OF_ALL:
                    name, until = (place, to) if place >= 0 else (name, until)
                    said, sparse = more if more >= 0 else said, sparse or some
            if status == MORE:
                at = first + (size + BLOCK - 1) // BLOCK * BLOCK
        if not ready:
            break
        size = said if said >= 0 else size
        data, is_more = at + BLOCK, kind == _SPARSE and block[at + 482] != 0
        while is_more and data + BLOCK <= len(block):  # where the holes are
            is_more = block[data + 504] != 0
            data += BLOCK
        if is_more:
            break
        if name >= 0:
            for n in range(name, until):
                names[written] = block[n]
                written += 1
        else:
            if block[at + 262] == 0:  # ustar; GNU keeps other things there
                for n in range(at + 345, _end(block, at + 345, at + 500)):
                    names[written] = block[n]
                    written += 1
                if written > offsets[count]:
                    names[written] = 0x2F
                    written += 1
            for n in range(at, _end(block, at, at + 100)):
                names[written] = block[n]
                written += 1
        is_folder = kind in _FOLDERS or (
            kind == 0 and written > offsets[count] and names[written - 1] == 0x2F
        )
        has_data = not _EMPTY[0] <= kind <= _EMPTY[1]
        end = data + ((size + BLOCK - 1) // BLOCK * BLOCK if has_data else 0)
        what = FOLDER if is_folder else OTHER
        if kind in _REGULAR_TYPES and not is_folder and not sparse:
            what = REGULAR
        table[count, 0], table[count, 1], table[count, 2] = begin, data, size
        table[count, 3], table[count, 4] = end, what
        count += 1
        offsets[count] = written
        at = begin = end
    place = at if status > END else begin
    return table[:count], names[:written], offsets[: count + 1], place, status
