"""Where in a file of Arrow's IPC what lies: the schema, dictionaries and record batches."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.sources import Findings
from datastd.sources.arrow.defects import ArrowIpcInvalid
from datastd.sources.arrow.messages import (
    BATCH,
    CONTINUES,
    DICTIONARY,
    SCHEMA,
    Cut,
    Message,
    blocks,
    messages,
)
from datastd.sources.files import ContainerMagicMismatch, EmptyFile
from datastd.sources.tabular.arrays import Held

if TYPE_CHECKING:
    import pyarrow as pa

_MAGIC = b"ARROW1"
_START = 8  # bytes of a file before its first message,
_TAIL = 10  # and behind its footer: how long that was, and the magic number once more
_PADDING = 64  # bytes that may lie between what a footer names
_ROWS = 1 << 40  # rows of a file


class Layout(NamedTuple):
    """
    What a file holds, and where.

    Attributes:
        schema: Where the message with the schema lies; None where a footer has it.
        dictionaries: Where each message with a dictionary lies.
        batches: Where each record batch lies; shape (N, 2).
        first: The number of its first row in the file; and rows of all, shape (N + 1,).
    """

    schema: tuple[int, int] | None
    dictionaries: Sequence[tuple[int, int]]
    batches: NDArray[np.int64]
    first: NDArray[np.int64]

    def read_schema(self, held: Held) -> "pa.Schema":
        """The columns, as pyarrow has them."""
        import pyarrow as pa  # noqa: PLC0415

        if self.schema is None:
            held.seek(0)
            return pa.ipc.open_file(pa.PythonFile(held, mode="r")).schema
        start, stop = self.schema
        return pa.ipc.read_schema(pa.py_buffer(held.at(start, stop - start)))


def laid_out(path: str, held: Held, size: int, findings: Findings) -> tuple[Layout, int]:
    """
    Find what a file holds; and how many rows are in a record batch of it that was cut.

    Raises:
        Defect: Nothing that can be read.
    """
    if not size:
        raise EmptyFile(path, "", "at least one byte", "0 bytes")
    if _is_file(path, held.at(0, _START)):
        return _of_file(path, held, size, findings)
    return _of_stream(path, held, size, findings)


def _is_file(path: str, head: bytes) -> bool:
    """Say whether a file has a footer; refuse one that begins otherwise than its name says."""
    name = path.lower()
    if head.startswith(_MAGIC) and not name.endswith(".arrows"):
        return True
    if head.startswith(CONTINUES) and not name.endswith(".feather"):
        return False
    known = [] if name.endswith(".arrows") else [f"{_MAGIC.hex()} of a file"]
    known += [] if name.endswith(".feather") else [f"{CONTINUES.hex()} of a stream"]
    raise ContainerMagicMismatch(path, "byte 0", " or ".join(known), head[:6].hex())


def _of_stream(path: str, held: Held, size: int, findings: Findings) -> tuple[Layout, int]:
    """What a stream holds: one message after the other."""
    found, lost = list[Message](), 0
    try:
        for message in messages(held.at, 0, size):
            found.append(message._replace(buffers=()))
    except Cut as cut:
        at, expected = f"byte {cut.at}", "a message, or the mark behind the last one"
        findings.defects.append(ArrowIpcInvalid(path, at, expected, str(cut)))
        lost = cut.rows
    else:
        if (end := found.pop().end) < size:
            at, more = f"byte {end}", f"{size - end} bytes more"
            findings.defects.append(ArrowIpcInvalid(path, at, "the end of the file", more))
    if not found or found[0].kind != SCHEMA:
        raise ArrowIpcInvalid(path, "byte 0", "a schema", "none")
    for one in found[1:]:
        if one.kind not in {DICTIONARY, BATCH}:
            expected = "a record batch or a dictionary"
            raise ArrowIpcInvalid(path, f"byte {one.at}", expected, "another message")
    return _layout(path, (found[0].at, found[0].end), found[1:]), lost


def _of_file(path: str, held: Held, size: int, findings: Findings) -> tuple[Layout, int]:
    """What a file holds: what its footer names, if all else is next to nothing."""
    tail = held.at(max(0, size - _TAIL), _TAIL)
    length = int.from_bytes(tail[:4], "little", signed=True)
    if not tail.endswith(_MAGIC) or not 0 < length <= size - _TAIL - _START:
        where, expected = f"byte {max(0, size - _TAIL)}", "the length of a footer, and ARROW1"
        raise ArrowIpcInvalid(path, where, expected, tail.hex())
    stop = size - _TAIL - length
    try:
        named = blocks(held.at(stop, length))
    except ValueError as error:
        raise ArrowIpcInvalid(path, f"byte {stop}", "a footer", str(error)) from None
    found, lost = list[Message](), 0
    for kind, at in named:
        try:
            if not _START <= at < stop:
                raise Cut(at, "no place before the footer")
            message = next(messages(held.at, at, stop))
            if message.kind != kind:
                raise Cut(at, "another message")
            found.append(message._replace(buffers=()))
        except Cut as cut:
            expected = "a record batch or a dictionary, as the footer says"
            findings.defects.append(ArrowIpcInvalid(path, f"byte {at}", expected, str(cut)))
            found.append(Message(at, at, kind, 0, at, None, ()))
            lost += kind == BATCH
    _refuse_gaps(path, found, stop, findings)
    return _layout(path, None, found), lost


def _refuse_gaps(path: str, found: Sequence[Message], stop: int, findings: Findings) -> None:
    """Find what lies between the messages that a footer names, or in two of them."""
    ordered = sorted(one for one in found if one.end > one.at)
    end = ordered[0].at if ordered else stop
    for at, until in [*((one.at, one.end) for one in ordered), (stop, stop)]:
        if not 0 <= at - end <= _PADDING:
            expected = "each byte in one message that the footer names"
            found_ = f"{at - end} in none" if at > end else f"{end - at} in two"
            findings.defects.append(ArrowIpcInvalid(path, f"byte {end}", expected, found_))
        end = max(end, until)


def _layout(path: str, schema: tuple[int, int] | None, found: Sequence[Message]) -> Layout:
    rows = [one.rows for one in found if one.kind == BATCH]
    if sum(rows) > _ROWS:
        raise ArrowIpcInvalid(path, "", f"at most {_ROWS} rows", f"{sum(rows)}")
    dictionaries = [(one.at, one.end) for one in found if one.kind == DICTIONARY]
    batches = np.array([(one.at, one.end) for one in found if one.kind == BATCH], np.int64)
    return Layout(schema, dictionaries, batches.reshape(-1, 2), np.cumsum([0, *rows]))
