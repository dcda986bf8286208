"""
Messages of Arrow's IPC, as their heads have them: how many rows, and how many bytes.

pyarrow decodes record batches; where each lies, that nothing lies between them, and what it
is given to decode is known before, from here.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

Read: TypeAlias = Callable[[int, int], bytes]
"""Gives so many bytes at an offset of the file, or fewer at its end."""

CONTINUES = b"\xff\xff\xff\xff"
"""What a message begins with."""
END, SCHEMA, DICTIONARY, BATCH = 0, 1, 2, 3
"""Kinds of messages, as they are numbered; the mark behind the last one has none."""
_PREFIX = 8  # bytes before the head: that it continues, and how long it is
_HEAD = 64 << 20  # bytes of a head
_KIND, _CONTENT, _SIZE = 1, 2, 3  # fields of a message,
_ROWS, _BUFFERS, _CODEC = 0, 2, 3  # of a record batch,
_VALUES = 1  # of a dictionary batch,
_DICTIONARIES, _BATCHES = 2, 3  # and of a footer
_CODECS = {0: "lz4", 1: "zstd"}
_BLOCK = np.dtype([("at", "<i8"), ("head", "<i4"), ("_", "<i4"), ("body", "<i8")])
_BUFFER = np.dtype([("at", "<i8"), ("size", "<i8")])


class Cut(ValueError):  # noqa: N818
    """
    The bytes at an offset are no message that ends in the file.

    Attributes:
        at: Where it begins.
        rows: How many are in it, as far as that is told.
    """

    def __init__(self, at: int, found: str, rows: int = 0) -> None:
        super().__init__(found)
        self.at, self.rows = at, rows


class Message(NamedTuple):
    """
    A message.

    Attributes:
        at: Where it begins, in bytes.
        end: Where it ends.
        kind: One of those above, or another.
        rows: Of a record batch.
        body: Where its body begins.
        codec: How its buffers are compressed, as pyarrow calls it; None where they are not.
        buffers: Where each of them begins in the body, and how long it is, if they are.
    """

    at: int
    end: int
    kind: int
    rows: int
    body: int
    codec: str | None
    buffers: Sequence[tuple[int, int]]

    def expanded(self, read: Read) -> int:
        """Bytes of its body once its buffers are decompressed."""
        total = self.end - self.body
        for at, size in self.buffers:
            if size >= _PREFIX:
                total += max(0, int.from_bytes(read(self.body + at, 8), "little", signed=True))
        return total


def messages(read: Read, start: int, stop: int) -> Iterator[Message]:
    """
    Yield the messages from an offset on; the last one is the mark behind them.

    Raises:
        Cut: There is none, or something else before it.
    """
    at = start
    while True:
        prefix = read(at, min(_PREFIX, stop - at))
        if len(prefix) < _PREFIX:
            raise Cut(at, "the end of the file")
        length = int.from_bytes(prefix[4:], "little", signed=True)
        if not prefix.startswith(CONTINUES):
            raise Cut(at, prefix[:4].hex())
        if not length:
            yield Message(at, at + _PREFIX, END, 0, at + _PREFIX, None, ())
            return
        if not 0 < length <= _HEAD:
            raise Cut(at, f"a head of {length} bytes")
        head = read(at + _PREFIX, min(length, stop - at - _PREFIX))
        if len(head) < length:
            raise Cut(at, "the end of the file")
        try:
            message = _message(head, at)
        except struct.error:
            raise Cut(at, "a head that is none") from None
        if message.end > stop:
            raise Cut(at, "the end of the file", message.rows)
        yield message
        at = message.end


class _Table:
    """A table of FlatBuffers: numbered fields, each of which may be absent."""

    def __init__(self, data: bytes, at: int | None = None) -> None:
        self._data = data
        self._at = self._unpacked("<I", 0) if at is None else at
        self._fields = self._at - self._unpacked("<i", self._at)

    def number(self, field: int, form: str) -> int:
        """The whole number under a field; 0 where there is none."""
        place = self._place(field)
        return self._unpacked(form, place) if place else 0

    def table(self, field: int) -> "_Table | None":
        """The table under a field."""
        place = self._place(field)
        return _Table(self._data, place + self._unpacked("<I", place)) if place else None

    def vector(self, field: int, of: np.dtype[np.void]) -> list[tuple[int, ...]]:
        """The structs under a field."""
        if not (place := self._place(field)):
            return []
        start = place + self._unpacked("<I", place)
        count = self._unpacked("<I", start)
        content = self._data[start + 4 : start + 4 + count * of.itemsize]
        if len(content) < count * of.itemsize:
            raise struct.error
        return [tuple(one) for one in np.frombuffer(content, of).tolist()]

    def _place(self, field: int) -> int:
        """Where a field is; 0 where it is not there."""
        slot = 4 + 2 * field
        if slot + 2 > self._unpacked("<H", self._fields):
            return 0
        offset = self._unpacked("<H", self._fields + slot)
        return self._at + offset if offset else 0

    def _unpacked(self, form: str, at: int) -> int:
        if at < 0:  # which Python would count from the end
            raise struct.error
        return int(struct.unpack_from(form, self._data, at)[0])


def blocks(footer: bytes) -> list[tuple[int, int]]:
    """
    The messages of a file, as its footer has them: the kind of each, and where it begins.

    Raises:
        ValueError: It is no footer.
    """
    try:
        table = _Table(footer)
        kinds = (
            (DICTIONARY, table.vector(_DICTIONARIES, _BLOCK)),
            (BATCH, table.vector(_BATCHES, _BLOCK)),
        )
        return [(kind, at) for kind, some in kinds for at, *_ in some]
    except struct.error:
        msg = "no table"
        raise ValueError(msg) from None


def _message(head: bytes, at: int) -> Message:
    """
    Read the head of the message that begins at *at*.

    Raises:
        struct.error: It is none.
    """
    table = _Table(head)
    kind, size = table.number(_KIND, "<B"), table.number(_SIZE, "<q")
    batch = inner = table.table(_CONTENT)
    if inner and kind == DICTIONARY:
        batch = inner.table(_VALUES)
    rows, codec, buffers = 0, None, list[tuple[int, ...]]()
    if batch and kind in {DICTIONARY, BATCH}:
        rows = batch.number(_ROWS, "<q")
        if compression := batch.table(_CODEC):
            codec = _CODECS.get(compression.number(0, "<b"))
            buffers = batch.vector(_BUFFERS, _BUFFER)
    body = at + _PREFIX + len(head)
    if size < 0 or rows < 0 or any(not 0 <= one <= size for one, _ in buffers):
        raise struct.error
    places = [(one, length) for one, length in buffers]
    return Message(at, body + size, kind, rows, body, codec, places)
