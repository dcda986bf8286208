"""Shards of MosaicML's streaming: text, or token ids, in columns that an index describes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import DataChanged
from datastd.records import columns
from datastd.records.words import Form
from datastd.sources import Array, Batch, Column, Defect, Findings, Plan, Ragged, Shard, keys
from datastd.sources.encoding import Utf8Invalid
from datastd.sources.files import (
    COMMON,
    is_data,
    odd_entries,
    split_named,
    strays,
)
from datastd.sources.jsonl.defects import (
    JsonDuplicateKey,
    JsonlInvalidLine,
    JsonLoneSurrogate,
    JsonNonfiniteNumber,
)
from datastd.sources.jsonl.whole import read
from datastd.sources.mds.anew import put
from datastd.sources.mds.defects import (
    ColumnsUnsorted,
    HashMismatch,
    IndexInvalid,
    IndexVersion,
    OffsetTableInvalid,
    SampleInvalid,
    ShardSizeMismatch,
    ShardTooLarge,
)
from datastd.sources.mds.index import NAME, NUMERALS, entries
from datastd.sources.mds.shard import MdsShard, Stated, beside
from datastd.sources.mds.values import Parts, Wrong, parts, series, tokens
from datastd.sources.streams import Forward
from datastd.sources.tabular import Rows, Tabular
from datastd.sources.tabular.defects import ArchivePathUnsafe
from datastd.waiting import cores, each

PART = 2 << 20  # bytes of a part of a shard: what is measured of ids takes twenty times as much
LONGEST = 16 << 20  # bytes of a sample
TOKENS = ("tokens", "input_ids")
"""Names of columns that hold token ids, if they are arrays of whole numbers."""


class Mds(Tabular):
    """
    Shards of MosaicML's streaming: ``index.json`` beside ``shard.00000.mds``.

    Each folder with an index is a part of the dataset; shards may be compressed, with zstd,
    gzip or bzip2.  A record has the columns of its shard: strings, numbers and JSON, of which
    each is what its encoding says, whether it is asked for or not; the bytes of all others
    are let be.  What has to be unpickled is not read.

    A shard with an array of whole numbers called ``tokens`` or ``input_ids``, and without a
    text, is one of token ids: its samples are blocks where the index gives their shape, else
    documents.  The format may name the column of the text, or of the ids: ``mds:content``.
    A split is what the file's name says, or a folder's: train, val or test; else ``data``.

    Source:
        MosaicML, streaming, format/mds.
    """

    format: ClassVar[str] = "mds"
    option: ClassVar[str] = "column"
    columns: ClassVar[tuple[str, ...]] = ("text", "separators", "tokens", "is_document")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, *Tabular.KINDS, ArchivePathUnsafe, IndexVersion, ShardSizeMismatch, HashMismatch,
        OffsetTableInvalid, ColumnsUnsorted, ShardTooLarge, IndexInvalid, SampleInvalid,
        Utf8Invalid, JsonlInvalidLine, JsonDuplicateKey, JsonNonfiniteNumber, JsonLoneSurrogate,
    )  # fmt: skip

    def __init__(self, tree: Tree, column: str = "", *, part: int = PART) -> None:
        super().__init__(tree, column)
        self._part = part
        self._shards: dict[str, MdsShard] = {}
        self._plan: Plan | None = None

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(_is_shard(path) for path in tree.stamps)

    @property
    def stated(self) -> frozenset[str]:
        self.plan()
        ids = {self._ids(one) is not None for one in self._shards.values()}
        of_text, of_ids = {"text", "separators"}, {"tokens", "is_document"}
        return super().stated - (of_ids if ids == {False} else of_text if ids == {True} else set())

    def plan(self) -> Plan:
        if self._plan is None:
            stamps = self.tree.stamps
            indexes = [path for path in stamps if path.rpartition("/")[2] == NAME and is_data(path)]
            defects = [*odd_entries(self.tree)]
            known, shards = {*indexes}, list[Shard]()
            for some, named, found in each(
                self._looked_at, indexes, jobs=cores(), stop=self.tree.stop
            ):
                known |= named
                defects += found
                for one in some:
                    self._shards[one.path] = one
                    split = split_named(one.path)
                    edges = zip(one.edges, one.edges[1:], strict=False)
                    shards += (Shard(one.path, split, *edge) for edge in edges)
            defects += strays(self.tree, known, "index.json, a shard that it names, or a paper")
            tried = len(stamps) + len(self.tree.oddities)
            self._plan = Plan(tuple(shards), tuple(defects), tried)
        return self._plan

    def _looked_at(self, index: str) -> tuple[list[MdsShard], set[str], list[Defect]]:
        """Look at all shards of an index: those that can be read, files that it names, defects."""
        folder, findings, found = beside(index, ""), Findings(), list[MdsShard]()
        there = sum(path.startswith(folder) and _is_shard(path) for path in self.tree.stamps)
        named, taken = set[str](), set[str]()
        with findings:
            for number, one in enumerate(entries(self.tree, index, there)):
                if isinstance(one, Defect):
                    findings.defects.append(one)
                    continue
                said, entry = one
                files = {
                    beside(index, of.basename) for of in (entry.raw_data, entry.zip_data) if of
                }
                named |= files
                with findings:
                    if files & taken:
                        expected, where = "each shard once", f"shard {number}"
                        raise IndexInvalid(index, where, expected, "one that stood before")
                    taken |= files
                    stated = Stated(self.tree, index, f"shard {number}", said, entry, findings)
                    found.append(stated.opened(self._part))
        return found, named, findings.defects

    def _ids(self, shard: MdsShard) -> int | None:
        """The number of the column of token ids; None where there is none, or there is a text."""
        names = [one.name for one in shard.columns]
        text = next((self.named(one) for one in columns(self.record) if one.name == "text"), "")
        wanted = (self.column,) if self.column else TOKENS
        known = {one.name: one for one in shard.columns}
        if text in known and not known[text].is_whole:
            return None
        return next((names.index(one) for one in wanted if one in known and known[one].is_whole),
                    None)  # fmt: skip

    def read(self, shard: Shard) -> Iterator[Batch | Defect]:
        self.plan()
        at = self._ids(self._shards[shard.path])
        yield from super().read(shard) if at is None else self._of_ids(shard, at)

    def _of_ids(self, shard: Shard, at: int) -> Iterator[Batch | Defect]:
        """Yield the samples of a part of a shard of token ids."""
        one = self._shards[shard.path]
        for found in self._parts(shard):
            if isinstance(found, Defect):
                yield found
                continue
            numbers, of = found
            ids, sound = tokens(of, one.columns, at)
            for number in numbers[~sound].tolist():
                expected = "a row of whole numbers, of one type with the others"
                yield _wrong(one, number, SampleInvalid, expected, "another value")
            numbers = numbers[sound]
            _, wrong = _values(one, of.rows(sound), ())
            yield from (_of_value(one, numbers, bad) for bad in wrong.values())
            if wrong:
                kept = np.setdiff1d(np.arange(len(numbers)), [*wrong])
                ids, numbers = ids[kept], numbers[kept]
            if len(numbers):
                is_document = np.full(len(ids), one.columns[at].shape is None)
                values: dict[str, Column] = {"tokens": ids, "is_document": is_document}
                yield Batch(keys(one.path, numbers), values)

    def rows(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        self.plan()
        one = self._shards[shard.path]
        for found in self._parts(shard):
            if isinstance(found, Defect):
                yield found
            else:
                yield from self._records(one, *found, wanted)

    def _records(
        self, shard: MdsShard, numbers: NDArray[np.int64], of: Parts, wanted: Sequence[str] | None
    ) -> Iterator[Rows | Defect]:
        """Yield samples as records, and those that are none for a value."""
        found, wrong = _values(shard, of, wanted)
        yield from (_of_value(shard, numbers, bad) for bad in wrong.values())
        encodings = {one.name: one.encoding for one in shard.columns}
        forms: dict[str, Form] = {
            name: "json" if encodings[name] == "json" else "strings"
            for name in found
            if encodings[name] in {"json", *NUMERALS}
        }
        lost = np.zeros(len(numbers), np.bool_)
        lost[[*wrong]] = True
        there = numbers[~lost]
        if len(there):
            frame = pl.DataFrame(found).filter(pl.Series(~lost)) if found else pl.DataFrame()
            beside = {"separators": np.zeros(len(there), np.int64)}  # lines end no record
            yield Rows(there, frame, lambda row: f"sample {there[row]}", forms, beside)

    def _parts(self, shard: Shard) -> Iterator[tuple[NDArray[np.int64], Parts] | Defect]:
        """Yield the samples of a part of a shard, taken apart, and those that cannot be so."""
        one, content = self._shards[shard.path], Forward(self.tree, shard.path)
        bounds = one.offsets(content, shard.start, shard.stop)
        first = 0
        while first < len(bounds) - 1:
            fits = int(np.searchsorted(bounds, bounds[first] + self._part, side="right")) - 1
            last = max(fits, first + 1)
            numbers, begin = np.arange(first, last) + shard.start, int(bounds[first])
            size = int(bounds[last]) - begin
            first = last
            if size > max(LONGEST, self._part):
                expected = f"at most {LONGEST} bytes"
                yield _wrong(one, int(numbers[0]), SampleInvalid, expected, f"{size}")
                continue
            block = content.read(begin, size)
            ends = bounds[numbers[0] - shard.start : last + 1] - begin
            there = ends[1:] <= len(block)
            for number in numbers[~there].tolist():
                expected, found = "a sample inside of the file", "one behind its end"
                yield _wrong(one, number, OffsetTableInvalid, expected, found)
            of = parts(block, ends[: int(there.sum()) + 1], one.columns)
            for number in numbers[: len(of.sound)][~of.sound].tolist():
                expected = "the sizes of its columns to come to its own"
                yield _wrong(one, number, SampleInvalid, expected, "another size")
            if of.sound.any():
                yield numbers[: len(of.sound)][of.sound], of.rows(of.sound)

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        self.plan()
        if (at := self._ids(self._shards[path])) is None:
            return super().take(path, rows)
        wanted, known = keys(path, rows), dict[str, Array]()
        for shard in self.shards_with(path, rows):
            for one in self._of_ids(shard, at):
                if isinstance(one, Batch):
                    ids = cast("Ragged", one.columns["tokens"])
                    for row in np.flatnonzero(one.keys.is_in(wanted.implode()).to_numpy()):
                        known[one.keys[int(row)]] = ids[slice(row, row + 1)].values
        if missing := next((key for key in wanted if key not in known), None):
            raise DataChanged(missing, "a sample", "none", "run the check again")
        taken = [known[key] for key in wanted] or [np.empty(0, np.uint16)]
        offsets = np.cumsum([0, *map(len, taken)], dtype=np.int64)[: len(rows) + 1]
        is_document = np.full(len(rows), self._shards[path].columns[at].shape is None)
        ids = Ragged(np.concatenate(taken), offsets)
        return Batch(wanted, {"tokens": ids, "is_document": is_document})

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        bad = {one.path for one in self.plan().defects}
        for index in dict.fromkeys(one.index for one in self._shards.values()):
            shards = [one for one in self._shards.values() if one.index == index]
            said = []
            for one in shards:
                rows = kept.get(one.path, np.empty(0, np.int64))
                if len(rows) == one.samples and not {one.path, index} & bad:
                    to.take(self.tree, one.path)
                    said.append(one.said)
                elif len(rows):
                    said.append(put(self.tree, one, rows, to))
            if said == [one.said for one in shards] and index not in bad:
                to.take(self.tree, index)
            elif said:
                whole = {
                    **read(self.tree, index, self.tree.stamps[index].size, IndexInvalid),
                    "shards": said,
                }
                to.put(index, [json.dumps(whole, sort_keys=True).encode()])


def _values(
    shard: MdsShard, of: Parts, wanted: Sequence[str] | None
) -> tuple[dict[str, pl.Series], dict[int, Wrong]]:
    """The columns that are *wanted*; and by row the first value of a text that is none."""
    found, wrong = dict[str, pl.Series](), dict[int, Wrong]()
    for at, column in enumerate(shard.columns):
        is_asked = wanted is None or column.name in wanted
        if is_asked or column.encoding in {"str", "json", *NUMERALS}:  # streaming reads them all
            values, bad = series(of, shard.columns, at)
            wrong |= {one.row: one for one in reversed(bad) if one.row not in wrong}
            if is_asked:
                found[column.name] = values
    return found, wrong


def _of_value(shard: MdsShard, numbers: NDArray[np.int64], bad: Wrong) -> Defect:
    """Name a sample for one of its values."""
    more = f": {bad.column}"
    return _wrong(shard, int(numbers[bad.row]), bad.kind, bad.expected, bad.found, more)


def _wrong(  # noqa: PLR0913, PLR0917
    shard: MdsShard, number: int, kind: type[Defect], expected: str, found: str, more: str = ""
) -> Defect:
    """Name a sample."""
    at, key = f"sample {number}{more}", f"{shard.path}#{number}"
    return kind(shard.path, at, expected, found, key)


def _is_shard(path: str) -> bool:
    """Say whether a file is a shard, by its name."""
    name = path.rpartition("/")[2].lower()
    return (name.endswith(".mds") or ".mds." in name) and is_data(path)
