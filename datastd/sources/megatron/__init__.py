"""Token ids in pairs of Megatron's: a `.bin` of ids, and an `.idx` of what is where in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.sources import Defect, Findings
from datastd.sources.megatron.defects import (
    BinLength,
    DocumentIndices,
    DtypeCode,
    EmptySequence,
    Header,
    IndexLength,
    PairMissing,
    Pointers,
    Version,
)
from datastd.sources.streams import Bytes
from datastd.sources.tokens import (
    DOCUMENTS,
    MEGATRON,
    Ids,
    TokenFile,
    TokenSource,
    begins_as,
    named,
    pieces,
    runs,
)

_HEAD = 34  # bytes: magic, version, type, and two counts
_DTYPES: Mapping[int, np.dtype[np.generic]] = {
    4: np.dtype("<i4"),
    5: np.dtype("<i8"),
    8: np.dtype("<u2"),
}
_STEP = 1 << 17  # numbers of a table that are looked at together

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Index:
    """
    The tables of an index, read a piece at a time.

    Attributes:
        path: The file.
        content: Its bytes.
        dtype: Type of the ids.
        sequences: How many there are.
        places: Length of the table of documents: one more than there are.
    """

    path: str
    content: Bytes
    dtype: np.dtype[np.generic]
    sequences: int
    places: int

    @property
    def _pointers_at(self) -> int:
        return _HEAD + 4 * self.sequences

    @property
    def documents_at(self) -> int:
        """The byte at which the table of documents begins."""
        return self._pointers_at + 8 * self.sequences

    def lengths(self, start: int, stop: int) -> Whole:
        """Ids of some sequences."""
        return self._numbers(_HEAD + 4 * start, stop - start, "<i4")

    def pointers(self, start: int, stop: int) -> Whole:
        """The bytes of the `.bin` at which some sequences begin."""
        return self._numbers(self._pointers_at + 8 * start, stop - start, "<i8")

    def documents(self, start: int, stop: int) -> Whole:
        """The sequences with which some documents begin."""
        return self._numbers(self.documents_at + 8 * start, stop - start, "<i8")

    def _numbers(self, at: int, count: int, kind: str) -> Whole:
        raw = self.content.read(at, count * np.dtype(kind).itemsize)
        return np.frombuffer(raw, kind).astype(np.int64)

    def begins(self, sequences: Whole, total: int) -> Whole:
        """The ids with which sequences begin that are asked for in order; *total* is the end."""
        first, last = int(sequences[0]), min(int(sequences[-1]) + 1, self.sequences)
        inside = sequences < self.sequences
        found = np.full(len(sequences), total, np.int64)
        if last - first <= _STEP:
            pointers = self.pointers(first, last)[sequences[inside] - first]
        else:  # long documents: most of the table is not asked for
            single = [self.pointers(n, n + 1) for n in sequences[inside].tolist()]
            pointers = np.concatenate([np.empty(0, np.int64), *single])
        found[inside] = pointers // self.dtype.itemsize
        return found


class Megatron(TokenSource):
    """
    Token ids of Megatron-LM: ``<name>.bin`` holds them, ``<name>.idx`` says what is where.

    A sample is a document, all of its sequences one after the other.

    Source:
        NVIDIA, Megatron-LM, megatron/core/datasets/indexed_dataset.py.
    """

    format: ClassVar[str] = "megatron"
    columns: ClassVar[tuple[str, ...]] = (*TokenSource.columns, "documents_stated")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *DOCUMENTS, Header, Version, DtypeCode, IndexLength, Pointers, BinLength,
        DocumentIndices, EmptySequence, PairMissing,
    )  # fmt: skip
    documents: ClassVar[bool] = True
    names: ClassVar[str] = "a name such as train.bin beside train.idx"

    def __init__(self, tree: Tree, **sizes: int) -> None:
        super().__init__(tree, **sizes)
        self._indices: dict[str, _Index] = {}

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(
            _bin(path) in tree.stamps or begins_as(tree, path) == "an index of Megatron"
            for path in named(tree, [".idx"])
        )

    @classmethod
    def payloads_in(cls, tree: Tree) -> list[str]:
        return sorted({_bin(path) for path in named(tree, [".bin", ".idx"])}, key=str.encode)

    @classmethod
    def beside(cls, tree: Tree) -> Iterable[str]:
        return named(tree, [".idx"])

    def open_file(self, path: str, findings: Findings) -> TokenFile:
        beside = _idx(path)
        for here, other in ((path, beside), (beside, path)):
            if here not in self.tree.stamps:
                raise PairMissing(other, "", f"{here} beside it", "none")
        index = _read_index(beside, Bytes(self.tree, beside, gzipped=False))
        total = _checked_sequences(index, findings)
        _check_documents(index)
        content, size = self.opened(path), total * index.dtype.itemsize
        if content.size != size:
            at = f"byte {min(size, content.size)}"
            raise BinLength(path, at, f"{size} bytes, as {beside} says", f"{content.size}")

        def bounds(start: int, stop: int) -> Whole:
            return index.begins(index.documents(start, stop + 1), total)

        self._indices[path] = index
        count = index.places - 1
        ids = Ids(content, 0, index.dtype, total)
        return TokenFile(path, ids, count, bounds, {"documents_stated": count})

    def parts(self, path: str) -> Sequence[str]:
        return (_idx(path),)

    def rewritten(self, part: str, file: TokenFile, rows: Whole) -> Iterator[bytes]:
        del part
        index = self._indices[file.path]
        documents = [index.documents(start, stop + 1) for start, stop in runs(rows)]
        sequences = [(int(some[0]), int(some[-1])) for some in documents]
        count = sum(stop - start for start, stop in sequences)
        yield index.content.read(0, 18)
        yield count.to_bytes(8, "little") + (len(rows) + 1).to_bytes(8, "little")
        for start, stop in sequences:
            yield from pieces(index.content, _HEAD + 4 * start, _HEAD + 4 * stop)
        at = 0
        for start, stop in sequences:
            for first, last in _steps(stop - start):
                lengths = index.lengths(start + first, start + last) * index.dtype.itemsize
                begins = at + np.cumsum(lengths) - lengths
                at += int(lengths.sum())
                yield begins.astype("<i8").tobytes()
        at = 0
        for some in documents:
            yield (at + some[:-1] - some[0]).astype("<i8").tobytes()
            at += int(some[-1] - some[0])
        yield at.to_bytes(8, "little")
        modes = index.documents_at + 8 * index.places
        for start, stop in sequences if index.content.size > modes else ():
            yield from pieces(index.content, modes + start, modes + stop)


def _bin(path: str) -> str:
    return f"{path[:-4]}.bin"


def _idx(path: str) -> str:
    return f"{path[:-4]}.idx"


def _read_index(path: str, content: Bytes) -> _Index:
    """Read the header of an index, and hold its counts against its size."""
    head = content.read(0, _HEAD)
    if head[:9] != MEGATRON:
        raise Header(path, "byte 0", MEGATRON.hex(), head[:9].hex())
    if len(head) < _HEAD:
        raise IndexLength(path, "", f"a header of {_HEAD} bytes", f"{len(head)}")
    version = int.from_bytes(head[9:17], "little")
    if version != 1:
        raise Version(path, "byte 9", "version 1", f"{version}")
    dtype = _DTYPES.get(head[17])
    if dtype is None:
        expected = "the type 4, 5 or 8: int32, int64 or uint16"
        raise DtypeCode(path, "byte 17", expected, f"{head[17]}")
    sequences, places = (int.from_bytes(head[at : at + 8], "little") for at in (18, 26))
    size = _HEAD + 12 * sequences + 8 * places
    if content.size not in {size, size + sequences}:
        expected = f"{size} bytes for {sequences} sequences and {places} places of documents"
        raise IndexLength(path, "byte 18", expected, f"{content.size}")
    return _Index(path, content, dtype, sequences, places)


def _steps(count: int) -> Iterator[tuple[int, int]]:
    """A table in pieces."""
    for start in range(0, count, _STEP):
        yield start, min(start + _STEP, count)


def _checked_sequences(index: _Index, findings: Findings) -> int:
    """Add the lengths up, and hold the pointers against them; give the number of ids."""
    total, empty, first_empty = 0, 0, 0
    for start, stop in _steps(index.sequences):
        lengths = index.lengths(start, stop)
        if (lengths < 0).any():
            at = int(np.argmax(lengths < 0))
            where = f"length of sequence {start + at}"
            raise Pointers(index.path, where, "at least 0", f"{lengths[at]}")
        begins = total + np.cumsum(lengths) - lengths
        pointers, expected = index.pointers(start, stop), begins * index.dtype.itemsize
        if (pointers != expected).any():
            at = int(np.argmax(pointers != expected))
            where = f"pointer of sequence {start + at}"
            raise Pointers(index.path, where, f"byte {expected[at]}", f"{pointers[at]}")
        if not empty and not lengths.all():
            first_empty = start + int(np.argmin(lengths))
        empty += int((lengths == 0).sum())
        total += int(lengths.sum())
    if empty:
        where, found = f"length of sequence {first_empty}", f"0; so it is of {empty} of them"
        findings.defects.append(EmptySequence(index.path, where, "at least 1", found))
    return total


def _check_documents(index: _Index) -> None:
    """Look at the sequences with which documents begin: from the first to the last, in order."""
    before = 0
    for start, stop in _steps(index.places):
        found = index.documents(start, stop)
        steps = np.diff(found, prepend=before)
        wrong = steps < 0
        if start == 0:
            wrong[0] = found[0] != 0
        if wrong.any():
            at = int(np.argmax(wrong))
            expected = f"at least {found[at - 1] if at else before}" if start + at else "0"
            where = f"document {start + at}"
            raise DocumentIndices(index.path, where, expected, f"{found[at]}")
        before = int(found[-1])
    if before != index.sequences or not index.places:
        where, found_ = f"byte {index.documents_at + 8 * max(0, index.places - 1)}", f"{before}"
        raise DocumentIndices(
            index.path, where, f"an end at sequence {index.sequences}",
            found_ if index.places else "no documents",
        )  # fmt: skip
