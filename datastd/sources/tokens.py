"""Files of token ids: what the sources share that read them, whatever says where ids lie."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.sources import Array, Batch, Defect, Findings, Plan, Ragged, Shard, Source, keys
from datastd.sources.files import COMMON, NUMPY, head_of, is_data, odd_entries, split_named, strays
from datastd.sources.pickles import stand_in
from datastd.sources.streams import Bytes

BLOCK = 1024
"""
Tokens of a sample, where a file does not say where documents begin.

It is what GPT-2 reads at once, the ``block_size`` of nanoGPT and the ``T`` of llm.c: what is
seen together in training is looked at together.
"""

SHARD = 2 << 20  # bytes of ids in a shard: what is measured of them takes twenty times as much
BATCH = 2 << 20  # bytes of ids in a batch: what Python does for each is soon outweighed
SAMPLE = 256 << 20  # bytes of ids in the largest sample: it has to fit in memory several times
MOST = 1 << 16  # samples of a shard: documents may be empty

LLMC = {20240520: "a training file of llm.c", 20240801: "a training file of llm.c",
        20240522: "an evaluation file of llm.c"}  # fmt: skip
"""Magic numbers of llm.c, and what begins with them."""

MEGATRON = b"MMIDIDX\0\0"
"""How the index of Megatron begins."""

Bounds: TypeAlias = Callable[[int, int], NDArray[np.int64]]
"""Where the samples from one on up to another begin, in ids, and where the last of them ends."""


class DocumentTooLong(Defect):
    """
    A document of more than 256 MiB of ids: it is left out.

    Why it matters:
        No text is that long: an index that lost its documents says so of the whole file.

    Remedy:
        Write the index again, with an end for every document.

    Source:
        datastd's own definition: a sample has to fit in memory.
    """

    code, name = "F498", "token-document-too-long"
    unit = "samples"


class NoIds(Defect):
    """
    A file that stands for ids and holds none: a pointer of git-lfs or of git-annex.

    Why it matters:
        Read as ids, the text of the pointer is a short file of garbage.

    Remedy:
        Fetch the data: ``git lfs pull``, ``git annex get``.

    Source:
        The specification of git-lfs; git-annex's manual.
    """

    code, name = "F497", "token-file-not-fetched"


TOKENS = (*COMMON, NoIds)
"""Kinds of defect that every source of tokens can name."""

DOCUMENTS = (*TOKENS, DocumentTooLong)
"""Those of sources that know where documents begin."""


@dataclass(frozen=True, slots=True)
class Ids:
    """
    Token ids of a file, readable anywhere.

    Attributes:
        content: The file.
        start: The byte at which they begin.
        dtype: Their type, with its byte order.
        count: How many there are.
    """

    content: Bytes
    start: int
    dtype: np.dtype[np.generic]
    count: int

    def read(self, first: int, last: int) -> Array:
        """Read the ids from *first* on up to *last*, in the machine's byte order."""
        size = self.dtype.itemsize
        raw = self.content.read(self.start + first * size, (last - first) * size)
        return np.frombuffer(raw, self.dtype).astype(self.dtype.newbyteorder("="), copy=False)

    def stored(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes of the ids from *first* on up to *last*."""
        size = self.dtype.itemsize
        return pieces(self.content, self.start + first * size, self.start + last * size)


@dataclass(frozen=True, slots=True)
class TokenFile:
    """
    One file of ids that could be opened: its samples, and what is said of it.

    Attributes:
        path: The file.
        ids: What is in it.
        samples: How many samples that makes.
        bounds: Where they begin.
        stated: Columns of numbers that its batches have besides, one number for the file.
    """

    path: str
    ids: Ids
    samples: int
    bounds: Bounds
    stated: Mapping[str, int | None] = field(default_factory=dict)


def in_blocks(path: str, ids: Ids) -> TokenFile:
    """Take ids in blocks of `BLOCK`; the last is shorter."""

    def bounds(start: int, stop: int) -> NDArray[np.int64]:
        return np.minimum(np.arange(start, stop + 1) * BLOCK, ids.count)

    return TokenFile(path, ids, -(-ids.count // BLOCK), bounds)


class TokenSource(Source):
    """
    A source of token ids.

    Its batches have ``tokens``, in the element type read, ``is_document`` (whether a
    sample is a document, and no block), and what the files state.  The split is that which
    the name of the file, or else of a folder, speaks of: ``train``, ``val`` or ``test``
    after the words for them; else ``data``.

    Class attributes:
        documents: Whether a sample is a document.
        names: How its files are called, to say so of others.
    """

    columns: ClassVar[tuple[str, ...]] = ("tokens", "is_document")
    seeks: ClassVar[bool] = True
    documents: ClassVar[bool]
    names: ClassVar[str]

    def __init__(self, tree: Tree, *, shard: int = SHARD, batch: int = BATCH) -> None:
        super().__init__(tree)
        self._shard, self._batch = shard, batch
        self._files: dict[str, TokenFile] = {}
        self._plan: Plan | None = None

    @classmethod
    @abstractmethod
    def payloads_in(cls, tree: Tree) -> list[str]:
        """Files that hold ids, or should, in data order."""

    @classmethod
    def beside(cls, tree: Tree) -> Iterable[str]:
        """Other files of the format that lie in the folder: none."""
        del tree
        return ()

    @abstractmethod
    def open_file(self, path: str, findings: Findings) -> TokenFile:
        """
        Open one of `payloads_in`.

        Raises:
            Defect: It cannot be read; one that costs nothing goes to *findings*.
        """

    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = self._look()
        return self._plan

    def _look(self) -> Plan:
        findings, shards = Findings(), list[Shard]()
        data = self.payloads_in(self.tree)
        findings.defects += odd_entries(self.tree)
        findings.defects += strays(
            self.tree, {*data, *self.beside(self.tree)}, f"{self.names}, or a paper"
        )
        for path in data:
            with findings:
                file = self.open_file(path, findings)
                self._files[path] = file
                shards += self._cut(file)
        tried = len(self.tree.stamps) + len(self.tree.oddities)
        return Plan(tuple(shards), tuple(findings.defects), tried)

    def _cut(self, file: TokenFile) -> Iterator[Shard]:
        """Cut a file into shards of about as many bytes, and of no more samples than `MOST`."""
        split, room = split_named(file.path), self._shard // file.ids.dtype.itemsize
        for start in range(0, file.samples, MOST):
            offsets = file.bounds(start, min(start + MOST, file.samples))
            for first, last in _runs(offsets, room):
                yield Shard(file.path, split, start + first, start + last)

    def read(self, shard: Shard) -> Iterator[Batch | Defect]:
        self.plan()
        file = self._files[shard.path]
        offsets, size = file.bounds(shard.start, shard.stop), file.ids.dtype.itemsize
        for first, last in _runs(offsets, self._batch // size):
            begin, end = int(offsets[first]), int(offsets[last])
            rows = np.arange(shard.start + first, shard.start + last)
            if last - first == 1 and (end - begin) * size > SAMPLE:
                key, expected = keys(file.path, rows)[0], f"at most {SAMPLE // size} ids"
                yield DocumentTooLong(file.path, f"id {begin}", expected, f"{end - begin}", key)
            else:
                tokens = Ragged(file.ids.read(begin, end), offsets[first : last + 1] - begin)
                yield from self.looked_at(file, rows, tokens)

    def looked_at(
        self, file: TokenFile, rows: NDArray[np.int64], tokens: Ragged
    ) -> Iterator[Batch | Defect]:
        """Give what was read; a format that says what ids there are leaves others out."""
        yield self._batched(file, rows, tokens)

    def _batched(self, file: TokenFile, rows: NDArray[np.int64], tokens: Ragged) -> Batch:
        stated = {
            name: pl.repeat(value, len(rows), dtype=pl.Int64, eager=True)
            for name, value in file.stated.items()
        }
        is_document = np.full(len(rows), self.documents)
        return Batch(
            keys(file.path, rows), {"tokens": tokens, "is_document": is_document, **stated}
        )

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        self.plan()
        file = self._files[path]
        if len(rows) and not 0 <= rows.min() <= rows.max() < file.samples:
            msg = f"{path}: expected rows from 0 to {file.samples - 1}, found {rows}"
            raise IndexError(msg)
        bounds = [file.bounds(row, row + 1).tolist() for row in rows.tolist()]
        taken = [file.ids.read(begin, end) for begin, end in bounds]
        values = np.concatenate([file.ids.read(0, 0), *taken])
        offsets = np.cumsum([0, *map(len, taken)], dtype=np.int64)
        return self._batched(file, rows, Ragged(values, offsets))

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        others = {*self.beside(self.tree)}
        for path, rows in kept.items():
            file = self._files[path]
            parts = [path, *self.parts(path)]
            others -= {*parts}
            if len(rows) == file.samples:
                for part in parts:
                    to.take(self.tree, part)
            elif len(rows):
                to.put(path, self.written(file, rows))
                for part in parts[1:]:
                    to.put(part, self.rewritten(part, file, rows))
        for other in sorted(others - {part for path in self._files for part in self.parts(path)}):
            to.take(self.tree, other)

    def parts(self, path: str) -> Sequence[str]:
        """Files that say of a payload what is where in it; none where blocks are taken."""
        del path
        return ()

    def rewritten(self, part: str, file: TokenFile, rows: NDArray[np.int64]) -> Iterator[bytes]:
        """What one of `parts` says where only some samples are left."""
        raise NotImplementedError

    def written(self, file: TokenFile, rows: NDArray[np.int64]) -> Iterator[bytes]:
        """The payload of some samples of a file: their ids, as they are stored."""
        for begin, end in stretches(file, rows):
            yield from file.ids.stored(begin, end)

    def opened(self, path: str) -> Bytes:
        """
        Open a file of ids.

        Raises:
            Defect: It cannot be opened, is empty, or only points to the data.
        """
        content = Bytes(self.tree, path, gzipped=False)
        if found := stand_in(content.read(0, 128)):
            raise NoIds(path, "byte 0", "token ids", found)
        return content


def named(tree: Tree, suffixes: Sequence[str]) -> list[str]:
    """Files of data with one of these ends, in the order of their names."""
    return [path for path in tree.stamps if path.endswith(tuple(suffixes)) and is_data(path)]


def pieces(content: Bytes, start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes of a file from *start* on up to *stop*."""
    for at in range(start, stop, BATCH):
        yield content.read(at, min(BATCH, stop - at))


def runs(rows: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Group rows that follow one another, at most `MOST`: the first, and that after the last."""
    cuts = np.flatnonzero(np.diff(rows) != 1) + 1
    for begin, end in pairwise([0, *cuts.tolist(), len(rows)] if len(rows) else []):
        for at in range(begin, end, MOST):
            last = min(at + MOST, end)
            yield int(rows[at]), int(rows[at]) + last - at


def stretches(file: TokenFile, rows: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Where the ids of rows that follow one another begin, and where they end."""
    for start, stop in runs(rows):
        offsets = file.bounds(start, stop)
        yield int(offsets[0]), int(offsets[-1])


def ends(file: TokenFile, rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Where samples end, if these are all there are."""
    total = 0
    for start, stop in runs(rows):
        found = total + np.cumsum(np.diff(file.bounds(start, stop)))
        total = int(found[-1])
        yield found


def begins_as(tree: Tree, path: str) -> str:
    """Say what format's header a file begins with; empty for none, or where it is unreadable."""
    try:
        head = head_of(tree, path, len(MEGATRON))
    except OSError:
        return ""
    if head == MEGATRON:
        return "an index of Megatron"
    if head.startswith(NUMPY):
        return "an array of numpy"
    return LLMC.get(int.from_bytes(head[:4], "little"), "")


def _runs(offsets: NDArray[np.int64], room: int) -> Iterator[tuple[int, int]]:
    """Group samples, in order, so that each group has room, or is one sample."""
    first, count = 0, len(offsets) - 1
    while first < count:
        fits = int(np.searchsorted(offsets, offsets[first] + room, side="right")) - 1
        last = max(fits, first + 1)
        yield first, last
        first = last
