"""One shard: what the index says of it, held against its bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datastd.digest import CHECKED
from datastd.disk import Tree
from datastd.sources import Defect, Findings
from datastd.sources.files import PicklePayload
from datastd.sources.jsonl.whole import parsed
from datastd.sources.mds.defects import (
    ColumnsUnsorted,
    HashMismatch,
    IndexInvalid,
    OffsetTableInvalid,
    ShardSizeMismatch,
    ShardTooLarge,
)
from datastd.sources.mds.index import MOST, NAME, PICKLE, Column, Entry, Stored
from datastd.sources.streams import Bytes, Forward, codec_of
from datastd.sources.tabular.defects import ArchivePathUnsafe
from datastd.words import many

_PIECE = 1 << 20  # bytes that are hashed at once
_CONFIG = 1 << 20  # bytes of what a shard says of its columns
_SAMPLES = 1 << 16  # of a part of a shard that is read at once
_COLUMNS = ("column_names", "column_encodings", "column_sizes")


@dataclass(frozen=True, slots=True)
class MdsShard:
    """
    A shard whose samples can be told apart.

    Attributes:
        path: The file: of the two that there may be the one that is not compressed.
        index: The index that names it.
        said: What that says of it.
        columns: Its columns, in the order of their values.
        samples: How many there are.
        start: Where the first of them begins.
        edges: Samples at which it is cut for reading, from 0 to `samples`.
    """

    path: str
    index: str
    said: Mapping[str, Any]
    columns: tuple[Column, ...]
    samples: int
    start: int
    edges: tuple[int, ...]

    def offsets(self, content: Forward, start: int, stop: int) -> NDArray[np.int64]:
        """Where the samples from *start* on up to *stop* begin, and where the last ends."""
        raw = content.read(4 + 4 * start, 4 * (stop - start + 1))
        return np.frombuffer(raw, "<u4").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Stated:
    """
    A shard as an index states it.

    Attributes:
        tree: The dataset.
        index: The index.
        where: Which of its shards it is, in words.
        said: What it says, as it is there.
        entry: The same, understood.
        findings: Takes defects for which samples are read all the same.
    """

    tree: Tree
    index: str
    where: str
    said: Mapping[str, Any]
    entry: Entry
    findings: Findings

    def opened(self, room: int) -> MdsShard:
        """
        Hold it against the bytes; a part that is read at once has about *room* of them.

        Raises:
            Defect: Its samples cannot be told apart, or not be read.
        """
        columns, path = self._columns(), self._place()
        self._check_stored(path)
        content = Forward(self.tree, path)
        count, start = _head(content, path)
        edges, last = _edges(content, path, count, start, 0 if codec_of(path) else room)
        config = content.read(8 + 4 * count, start - 8 - 4 * count)
        self._check_config(path, parsed(path, config, 8 + 4 * count, IndexInvalid))
        size = self._size_of_content(path)
        if count != self.entry.samples:
            expected = f"{many(self.entry.samples, 'sample')}, as in {self.index}"
            self._tell(OffsetTableInvalid(path, "byte 0", expected, f"{count}"))
        if last != size:
            at, expected = f"byte {4 + 4 * count}", f"the end of the shard, {size}"
            self._tell(OffsetTableInvalid(path, at, expected, f"{last}"))
        return MdsShard(path, self.index, self.said, columns, count, start, edges)

    def _tell(self, defect: Defect) -> None:
        self.findings.defects.append(defect)

    def _columns(self) -> tuple[Column, ...]:
        """The columns, if what is said of them agrees with itself."""
        index, where, entry = self.index, self.where, self.entry
        names, sizes = entry.column_names, entry.column_sizes
        lengths = [len(names), len(entry.column_encodings), len(sizes)]
        is_even = len({*lengths}) == 1
        if names != sorted(names) or not is_even:
            expected = "columns in the order of their names, and as many encodings and sizes"
            found = "another order" if is_even else f"lists of {lengths}"
            self._tell(ColumnsUnsorted(index, where, expected, found))
        if not is_even:
            raise IndexInvalid(index, where, "an encoding and a size for each column", f"{lengths}")
        if len({*names}) < len(names) or not names:
            raise IndexInvalid(index, where, "columns, each once", "one twice" if names else "none")
        return tuple(
            self._column(*one) for one in zip(names, entry.column_encodings, sizes, strict=True)
        )

    def _column(self, name: str, encoding: str, size: int | None) -> Column:
        """A column, if it can be read and has the size that it should."""
        at, column = f"{self.where}: {name}", Column.of(name, encoding)
        if column is None:
            raise IndexInvalid(self.index, at, "an encoding of streaming", "another")
        if encoding == PICKLE:
            expected = "values that need not be unpickled"
            raise PicklePayload(self.index, at, expected, f"the encoding {PICKLE}")
        if (size or None) != column.size:
            expected = f"the size of {column.encoding}, {column.size or 'null'}"
            raise IndexInvalid(self.index, at, expected, f"{size}")
        return column

    def _place(self) -> str:
        """The file that is read: the one that is not compressed, where it is there."""
        there = []
        for what, stored in (("raw_data", self.entry.raw_data), ("zip_data", self.entry.zip_data)):
            if stored is None:
                continue
            name, at = stored.basename, f"{self.where}.{what}"
            if name in {".", ".."} or {*name} & {"/", "\\", "\0"}:
                expected = "the name of a file beside the index"
                raise ArchivePathUnsafe(self.index, at, expected, "another")
            if stored.bytes >= MOST:
                raise ShardTooLarge(self.index, at, f"less than {MOST} bytes", f"{stored.bytes}")
            path = beside(self.index, name)
            if path not in self.tree.stamps:
                continue
            there.append((path, what))
            if (found := self.tree.stamps[path].size) != stored.bytes:
                self._tell(ShardSizeMismatch(path, "", many(stored.bytes, "byte"), f"{found}"))
        if not there:
            stored = self.entry.zip_data or self.entry.raw_data
            path = beside(self.index, stored.basename)
            raise ShardSizeMismatch(path, "", many(stored.bytes, "byte"), "no file")
        path, what = there[0]
        if (what == "zip_data") != bool(codec_of(path)):
            expected = "a shard as it is, or of zstd, gzip or bzip2, with the ending of it"
            raise IndexInvalid(self.index, self.where, expected, "another")
        return path

    def _check_config(self, path: str, config: Mapping[str, Any]) -> None:
        """Hold what a shard says of its columns against what the index does."""
        for name in _COLUMNS:
            if config.get(name) != self.said[name]:
                raise IndexInvalid(path, f"its own {name}", "those of the index", "others")

    def _check_stored(self, path: str) -> None:
        """Hold the bytes of a file against the hashes that are stated of it."""
        names = self.entry.hashes
        if names != sorted({*names}):
            expected = "names of hashes, in order and each once"
            raise HashMismatch(self.index, self.where, expected, "others")
        stored = self.entry.zip_data if codec_of(path) else None
        self._sum(path, stored or self.entry.raw_data, Bytes(self.tree, path, gzipped=False))

    def _size_of_content(self, path: str) -> int:
        """How many bytes a shard has, decompressed if need be, and held against its hashes."""
        if codec_of(path) is None:
            return self.tree.stamps[path].size
        raw, content = self.entry.raw_data, Forward(self.tree, path)
        size = self._sum(path, raw, content, always=True)
        if content.trouble:
            self._tell(content.trouble)
        elif size != raw.bytes:
            self._tell(ShardSizeMismatch(path, "decompressed", many(raw.bytes, "byte"), f"{size}"))
        return size

    def _sum(
        self, path: str, stored: Stored, content: Bytes | Forward, *, always: bool = False
    ) -> int:
        """Read and hash, if there is a hash of it or *always*; give how much there was."""
        names, at = sorted(stored.hashes), 0
        if names != self.entry.hashes:
            expected = f"the hashes {self.entry.hashes}, as said"
            raise HashMismatch(self.index, self.where, expected, "others")
        for name in sorted({*names} - CHECKED):
            raise HashMismatch(path, name, "a hash that can be checked, such as sha1", "another")
        known = {name: hashlib.new(name) for name in names}
        while (known or always) and (piece := content.read(at, _PIECE)):
            at += len(piece)
            for one in known.values():
                one.update(piece)
        for name, one in known.items():
            if one.hexdigest() != stored.hashes[name]:
                raise HashMismatch(path, name, stored.hashes[name], one.hexdigest())
        return at


def _head(content: Forward, path: str) -> tuple[int, int]:
    """How many samples there are, and where the first begins."""
    head = content.read(0, 8)
    if len(head) < 8:  # noqa: PLR2004
        raise content.trouble or _short(path, len(head))
    count, start = (int(one) for one in np.frombuffer(head, "<u4"))
    least = 8 + 4 * count
    if not least < start <= least + _CONFIG:
        expected = f"more than {least}, for {count} samples, and at most {_CONFIG} more"
        raise OffsetTableInvalid(path, "byte 4", expected, f"{start}")
    return count, start


def _edges(
    content: Forward, path: str, count: int, start: int, room: int
) -> tuple[tuple[int, ...], int]:
    """Samples at which a shard is cut for reading, and where the last one ends."""
    edges, before = [0], start
    for first in range(1, count + 1, _SAMPLES):
        length = 4 * min(_SAMPLES, count + 1 - first)
        raw = content.read(4 + 4 * first, length)
        if len(raw) < length:
            raise content.trouble or _short(path, 4 + 4 * first + len(raw))
        ends = np.frombuffer(raw, "<u4").astype(np.int64)
        begins = np.concatenate([[before], ends[:-1]])
        if (wrong := ends < begins).any():
            row = int(np.argmax(wrong))
            at, expected = f"byte {4 + 4 * (first + row)}", f"an offset from {begins[row]} on"
            raise OffsetTableInvalid(path, at, expected, f"{ends[row]}")
        if first > 1:
            edges.append(first - 1)
        if room:
            cuts = np.flatnonzero(np.diff((begins - start) // room)) + first
            edges += [int(one) for one in cuts]
        before = int(ends[-1])
    return (*edges, count) if count else (0,), before


def _short(path: str, at: int) -> OffsetTableInvalid:
    return OffsetTableInvalid(path, f"byte {at}", "the whole table", "the end of the file")


def beside(index: str, name: str) -> str:
    """The path of a file beside an index."""
    return index.removesuffix(NAME) + name
