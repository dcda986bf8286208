"""The batches of CIFAR, binary or pickled: rows of pixels and labels at any place."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from datastd.sources import Findings
from datastd.sources.cifar.defects import (
    DataShape,
    KeysMissing,
    KeysUnusual,
    LabelCount,
    PickleOpcode,
    RecordLength,
)
from datastd.sources.cifar.pickles import read_pickle
from datastd.sources.files import PicklePayload, pickle_in
from datastd.sources.pickles import Array, Kind, Span, stand_in
from datastd.sources.streams import Bytes

SIDE = 32  # pixels
PIXELS = 3 * SIDE * SIDE  # bytes of an image: 1,024 red, 1,024 green, 1,024 blue
_CHUNK = 1 << 20

Bytewise = NDArray[np.uint8]
Labels = Mapping[str, NDArray[np.int64]]


class Rows(ABC):
    """
    The samples of one batch, readable anywhere.

    Attributes:
        path: The file.
        length: Samples that can be read.
        seen: Samples of which at least a byte is there.
    """

    path: str
    length: int
    seen: int

    def __init__(self, content: Bytes) -> None:
        self.content = content

    @abstractmethod
    def read(self, start: int, stop: int) -> tuple[Bytewise, Labels]:
        """Pixels, shape (n, 3072), and labels by name, shape (n,), of some samples."""

    def take(self, rows: NDArray[np.int64]) -> tuple[Bytewise, Labels]:
        """Pixels and labels of the samples numbered *rows*; neighbours are read at once."""
        order = np.argsort(rows, kind="stable")
        wanted = rows[order]
        pixels = np.empty((len(rows), PIXELS), np.uint8)
        labels = {name: np.empty(len(rows), np.int64) for name in self.read(0, 0)[1]}
        gaps = np.flatnonzero(np.diff(wanted) > 1) + 1
        for start, stop in pairwise([0, *gaps.tolist(), len(rows)] if len(rows) else []):
            first, last = int(wanted[start]), int(wanted[stop - 1])
            found, classes = self.read(first, last + 1)
            here, places = wanted[start:stop] - first, order[start:stop]
            pixels[places] = found[here]
            for name, values in labels.items():
                values[places] = classes[name][here]
        return pixels, labels


class Records(Rows):
    """A binary batch: records of one label byte or two, and the pixels."""

    def __init__(
        self, path: str, content: Bytes, labels: tuple[str, ...], findings: Findings
    ) -> None:
        super().__init__(content)
        self.path, self._labels = path, labels
        self._size = len(labels) + PIXELS
        head = content.read(0, 128)
        if found := pickle_in(head):
            raise PicklePayload(path, "byte 0", f"records of {self._size} bytes", found)
        self.length, rest = divmod(content.size, self._size)
        self.seen = self.length + (rest > 0)
        if rest:
            expected = f"a multiple of {self._size} bytes"
            found = stand_in(head) or f"{content.size}"
            findings.defects.append(
                RecordLength(path, f"byte {content.size - rest}", expected, found)
            )

    def read(self, start: int, stop: int) -> tuple[Bytewise, Labels]:
        raw = self.content.read(start * self._size, (stop - start) * self._size)
        records = np.frombuffer(raw, np.uint8).reshape(stop - start, self._size)
        labels = {name: records[:, n].astype(np.int64) for n, name in enumerate(self._labels)}
        return records[:, len(self._labels) :], labels


class Pickled(Rows):
    """A pickled batch: lists of labels, and an array that stays in the file."""

    def __init__(
        self, path: str, content: Bytes, labels: Mapping[str, str], findings: Findings
    ) -> None:
        super().__init__(content)
        self.path = path
        batch = read_pickle(path, content)
        self._labels = {name: _whole(path, batch, key) for name, key in labels.items()}
        self._data, rows = _data(path, batch)
        self._starts = _starts(path, content, self._data, rows)
        counts = {key: len(self._labels[name]) for name, key in labels.items()}
        self.length, self.seen = min(rows, *counts.values()), max(rows, *counts.values())
        for key, count in counts.items():
            if count != rows:
                expected = f"{rows} labels, one for each row of data"
                findings.defects.append(LabelCount(path, key, expected, f"{count}"))
        if absent := [key for key in ("batch_label", "filenames") if key not in batch]:
            expected = "batch_label and filenames"
            findings.defects.append(
                KeysUnusual(path, "", expected, f"no {' and no '.join(absent)}")
            )

    def read(self, start: int, stop: int) -> tuple[Bytewise, Labels]:
        labels = {name: values[start:stop] for name, values in self._labels.items()}
        if self._starts is None:
            raw = self.content.read(self._data.at + start * PIXELS, (stop - start) * PIXELS)
        else:
            first, end = int(self._starts[start]), int(self._starts[stop])
            raw = self.content.read(self._data.at + first, end - first).decode().encode("latin-1")
        return np.frombuffer(raw, np.uint8).reshape(stop - start, PIXELS), labels


def names_in(path: str, content: Bytes, keys: tuple[str, ...]) -> None:
    """
    Look at a pickle that names the classes.

    Raises:
        Defect: It is none, or a list of names is not in it.
    """
    meta = read_pickle(path, content)
    for key in keys:
        names = meta.get(key)
        if not isinstance(names, list) or not all(isinstance(n, str | bytes) for n in names):
            raise KeysMissing(path, key, "a list of names", _shown(meta, key))


def text_names(path: str, content: Bytes) -> None:
    """
    Look at a text that names the classes, one a line.

    Raises:
        Defect: It is no text.
    """
    head = content.read(0, 128)
    if found := pickle_in(head):
        raise PicklePayload(path, "byte 0", "names of classes, one a line", found)
    if found := stand_in(head):
        raise KeysMissing(path, "byte 0", "names of classes, one a line", found)


def _shown(batch: Mapping[object, object], key: str) -> str:
    """What stands under a key, said in a word."""
    if key not in batch:
        return "none"
    value = batch[key]
    return str(value) if isinstance(value, Array) else f"a {type(value).__name__.lower()}"


def _whole(path: str, batch: Mapping[object, object], key: str) -> NDArray[np.int64]:
    """The whole numbers that a list of labels holds."""
    values = batch.get(key)
    if not isinstance(values, list):
        raise KeysMissing(path, key, "a list of whole numbers", _shown(batch, key))
    for n, value in enumerate(values):
        if type(value) is not int:  # True is one too
            found = type(value).__name__.lower()
            raise KeysMissing(path, f"{key}[{n}]", "a whole number", f"a {found}")
    return np.array(values, np.int64)


def _data(path: str, batch: Mapping[object, object]) -> tuple[Span, int]:
    """Where the pixels lie, and how many rows of them there are."""
    if "data" not in batch:
        raise KeysMissing(path, "data", "an array of pixels", "none")
    found = batch["data"]
    expected = f"u1 of shape (N, {PIXELS})"
    if not isinstance(found, Array) or found.dtype is None:
        raise DataShape(path, "data", expected, _shown(batch, "data"))
    match found.shape:
        case (int() as rows, 3072) if rows > 0 and found.dtype.kind == "u1" and not found.fortran:
            pass
        case _:
            raise DataShape(path, "data", expected, str(found))
    data = found.data
    if not isinstance(data, Span) or data.kind is Kind.TEXT:
        raise DataShape(path, "data", f"{rows * PIXELS} bytes", "fewer, or none")
    if data.kind is Kind.BYTES and data.size != rows * PIXELS:
        raise DataShape(path, f"byte {data.at}", f"{rows * PIXELS} bytes", f"{data.size}")
    return data, rows


def _starts(path: str, content: Bytes, data: Span, rows: int) -> NDArray[np.int64] | None:
    """
    Where each row begins in bytes that were written as text, and where the last ends.

    Python 3 writes an array so under protocol 2: bytes from 128 on take two.  None for
    bytes as they are.
    """
    if data.kind is Kind.BYTES:
        return None
    if not rows * PIXELS <= data.size <= 2 * rows * PIXELS:
        raise DataShape(path, f"byte {data.at}", f"{rows * PIXELS} bytes", "another number")
    starts, known, inside = [np.zeros(0, np.int64)], 0, False
    for at, piece in _pieces(content, data):
        begins = (piece & 0xC0) != 0x80  # noqa: PLR2004
        opens = (piece == 0xC2) | (piece == 0xC3)  # noqa: PLR2004
        # Two bytes for each number from 128 on, and one for each below it: nothing else.
        follows = np.concatenate([[inside], opens[:-1]])
        if not ((piece < 0x80) | opens | ~begins).all() or (follows == begins).any():  # noqa: PLR2004
            raise PickleOpcode(path, f"byte {data.at + at}", "bytes written as text", "other text")
        firsts = np.flatnonzero(begins)
        starts.append(at + firsts[-known % PIXELS :: PIXELS])
        known, inside = known + len(firsts), bool(opens[-1])
    if known != rows * PIXELS or inside:
        raise DataShape(path, f"byte {data.at}", f"{rows * PIXELS} bytes", f"{known}")
    return np.concatenate([*starts, [data.size]])


def _pieces(content: Bytes, data: Span) -> Iterator[tuple[int, Bytewise]]:
    """A long string in pieces, each with its offset in it."""
    for at in range(0, data.size, _CHUNK):
        raw = content.read(data.at + at, min(_CHUNK, data.size - at))
        yield at, np.frombuffer(raw, np.uint8)
