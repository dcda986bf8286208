"""Records in files and streams of Arrow's IPC, and in folders that Hugging Face saves."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from json import dumps
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from datastd.digest import canonical, of_bytes, strict_json
from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import DataChanged
from datastd.sources import Defect, Findings, Plan, Shard
from datastd.sources.arrow.batches import Batches
from datastd.sources.arrow.defects import ArrowIpcInvalid, RecordBatchUndecodable
from datastd.sources.arrow.layout import Layout, laid_out
from datastd.sources.encoding import Utf8Invalid
from datastd.sources.files import (
    COMMON,
    COUNTS,
    is_data,
    odd_entries,
    split_named,
    strays,
    unreadable,
)
from datastd.sources.serial import RecordTooLong
from datastd.sources.tabular import Rows, Tabular
from datastd.sources.tabular.arrays import (
    Held,
    PageTooLarge,
    ShardSchemaDrift,
    Signature,
    Sink,
    Undecodable,
    decoding,
    drifts,
    refuse_twice,
    rewriting,
    signature,
)
from datastd.sources.tabular.defects import ColumnDuplicateLabel
from datastd.waiting import cores, each

if TYPE_CHECKING:
    import pyarrow as pa

SHARD = 64 << 20  # bytes of a shard, as they are stored
_MOST = 16 << 20  # bytes of a state
_STATE, _SPLITS = "state.json", "dataset_dict.json"
_BESIDE = frozenset({_STATE, "dataset_info.json", _SPLITS})
"""What `datasets` writes beside the files of a dataset."""


class Arrow(Tabular):
    """
    Records in Arrow's IPC: ``.feather``, ``.arrows`` and ``.arrow``; a row is one.

    A ``.feather`` is a file of version 2, with a footer; ``.arrows`` is a stream, and
    ``.arrow`` either of them.  So are read what `datasets` saves, and what it keeps in its
    cache; where it says in ``state.json`` which files are the dataset's, no other is.  Of
    a record batch, the columns that the standard's record names are decoded, and no other.
    A split is what the file's name says, or a folder's: train, val or test; else ``data``.

    Source:
        Apache Arrow, "Serialization and Interprocess Communication".
    """

    format: ClassVar[str] = "arrow"
    columns: ClassVar[tuple[str, ...]] = ("text", "separators")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, *Tabular.KINDS, ArrowIpcInvalid, RecordBatchUndecodable, PageTooLarge,
        ShardSchemaDrift, ColumnDuplicateLabel, RecordTooLong, Utf8Invalid,
    )  # fmt: skip

    def __init__(self, tree: Tree, *, shard: int = SHARD) -> None:
        super().__init__(tree)
        self._shard = shard
        self._layouts: dict[str, Layout] = {}
        self._plan: Plan | None = None

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(_is_ours(path) for path in tree.stamps)

    def plan(self) -> Plan:
        if self._plan is None:
            findings, shards, unread = Findings(), list[Shard](), 0
            signatures: dict[str, Signature] = {}
            findings.defects += odd_entries(self.tree)
            data = [*self._data(findings)]
            beside = (one for one in self.tree.stamps if one.rpartition("/")[2] in _BESIDE)
            expected = "a name such as x.arrow, or a paper"
            findings.defects += strays(self.tree, [*data, *beside], expected)
            looked = each(self._look, data, jobs=cores(), stop=self.tree.stop)
            for path, (cut, found, columns, some) in zip(data, looked, strict=True):
                shards += cut
                findings.defects += found
                unread += some
                if columns is not None:
                    signatures[path] = columns
            findings.defects += drifts(signatures)
            tried = len(self.tree.stamps) + len(self.tree.oddities)
            self._plan = Plan(tuple(shards), tuple(findings.defects), tried, unread)
        return self._plan

    def _data(self, findings: Findings) -> Iterator[str]:
        """Yield the files of the dataset; those that should be there and are not are found."""
        named: dict[str, set[str]] = {}  # by folder
        for path in self.tree.stamps:
            folder, _, name = path.rpartition("/")
            if name == _SPLITS:
                with findings:
                    _refuse_absent(self.tree, path, folder)
            if name == _STATE:
                with findings:
                    named[folder] = _named(self.tree, path, folder)
                for one in sorted(named.get(folder, {*()}) - {*self.tree.stamps}):
                    findings.defects.append(ArrowIpcInvalid(path, "_data_files", one, "none"))
        for path in self.tree.stamps:
            folder = path.rpartition("/")[0]
            if _is_ours(path) and path in named.get(folder, {path}):
                yield path

    def _look(self, path: str) -> tuple[list[Shard], list[Defect], Signature | None, int]:
        """Find the messages of a file: its shards, what is wrong, its columns, and rows lost."""
        findings, unread = Findings(), 0
        with findings:
            size = self.tree.stamps[path].size
            try:
                with self.tree.open(path) as descriptor:
                    held = Held(self.tree, descriptor, (0, size))
                    with decoding(path, held):
                        layout, unread = laid_out(path, held, size, findings)
                        columns = signature(layout.read_schema(held))
            except OSError as error:
                raise unreadable(path, error) from None
            except Undecodable as error:
                expected = "a schema that can be read"
                raise ArrowIpcInvalid(path, "", expected, str(error)) from None
            refuse_twice(path, columns)
            self._layouts[path] = layout
            return self._cut(path, layout), findings.defects, columns, unread
        return [], findings.defects, None, unread

    def _cut(self, path: str, layout: Layout) -> list[Shard]:
        """Shards of whole record batches."""
        split, shards, start, held = split_named(path), list[Shard](), 0, 0
        sizes = (layout.batches[:, 1] - layout.batches[:, 0]).tolist()
        for size, stop in zip(sizes, layout.first[1:].tolist(), strict=True):
            held += size
            if held >= self._shard and stop > start:
                shards.append(Shard(path, split, start, stop))
                start, held = stop, 0
        stop = int(layout.first[-1])
        return [*shards, Shard(path, split, start, stop)] if stop > start else shards

    def rows(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        self.plan()
        path, layout = shard.path, self._layouts[shard.path]
        begin = int(np.searchsorted(layout.first, shard.start, side="right")) - 1
        end = int(np.searchsorted(layout.first, shard.stop))
        with self.tree.open(path) as descriptor:
            batches, _ = self._batches(path, descriptor, wanted)
            yield from (batches.records if batches.names else batches.counted)(begin, end)

    def _batches(
        self, path: str, descriptor: int, wanted: Sequence[str] | None
    ) -> tuple[Batches, "pa.Schema"]:
        """The record batches of a file, with the columns that are wanted; and its schema."""
        read, layout = partial(Held, self.tree, descriptor), self._layouts[path]
        held = read((0, self.tree.stamps[path].size))
        try:
            with decoding(path, held):
                schema = layout.read_schema(held)
        except (Defect, Undecodable) as error:
            expected = "the schema that was read"
            raise DataChanged(path, expected, str(error), "run it again") from None
        names = [name for name in schema.names if wanted is None or name in wanted]
        fields = [schema.get_field_index(name) for name in names]
        return Batches(path, read, held, layout, names, fields), schema

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        rows = {path: some for path, some in kept.items() if len(some)}
        for path, some in rows.items():
            if self._is_whole(path, some):
                to.take(self.tree, path)
            else:
                to.put(path, self._written(path, some))
        for path in self.tree.stamps:
            if is_data(path) and path.rpartition("/")[2] in _BESIDE:
                self._write_beside(path, rows, to)

    def _is_whole(self, path: str, rows: NDArray[np.int64]) -> bool:
        """Say whether these rows are all that a file holds, and nothing of it is wrong."""
        wrong = any(one.path == path and one.loses for one in self.plan().defects)
        return len(rows) == self._layouts[path].first[-1] and not wrong

    def _written(self, path: str, rows: NDArray[np.int64]) -> Iterator[bytes]:
        """Yield a file with these rows, in the record batches in which they were."""
        sink = Sink()
        with self.tree.open(path) as descriptor:
            batches, schema = self._batches(path, descriptor, None)
            with rewriting(path, batches.held):
                with batches.writer(sink, schema) as anew:
                    for batch in batches.only(rows):
                        anew.write_batch(batch)
                        yield from sink.taken()
                yield from sink.taken()

    def _write_beside(self, path: str, rows: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        """Write what `datasets` keeps beside files, without what is no more true of them."""
        folder, _, name = path.rpartition("/")
        around = f"{folder}/" if folder else ""
        here = {one: some for one, some in rows.items() if one.startswith(around)}
        before = [one for one in self._layouts if one.startswith(around)]
        if all(one in here and self._is_whole(one, here[one]) for one in before):
            to.take(self.tree, path)
            return
        said = _said(self.tree, path)
        if name == _STATE:
            left = {one.removeprefix(around) for one in here}
            said["_data_files"] = [one for one in said["_data_files"] if one["filename"] in left]
            # Under it, results of other data may lie in a cache.
            of = [[one, of_bytes(some.tobytes())] for one, some in here.items()]
            said["_fingerprint"] = of_bytes(canonical([said.get("_fingerprint"), of]))[:16]
        for one in COUNTS:
            said.pop(one, None)
        to.put(path, [dumps(said, indent=2, sort_keys=True).encode()])


def _is_ours(path: str) -> bool:
    """Say whether a file is Arrow's IPC, by its name."""
    return path.lower().endswith((".arrow", ".feather", ".arrows")) and is_data(path)


def _said(tree: Tree, path: str) -> Any:  # noqa: ANN401
    """What is in a file of JSON."""
    try:
        with tree.open(path) as descriptor:
            content = tree.read(descriptor, _MOST, 0)
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        return strict_json(content)
    except ValueError as error:
        raise ArrowIpcInvalid(path, "", "JSON", str(error)) from None


def _refuse_absent(tree: Tree, path: str, folder: str) -> None:
    """Refuse a list of splits that names one of which there is no file."""
    try:
        names = _said(tree, path)["splits"]
    except (LookupError, TypeError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ArrowIpcInvalid(path, "", "names of folders under splits", "none")
    there = {one.rpartition("/")[0] for one in tree.stamps if _is_ours(one)}
    wanted = [f"{folder}/{name}".lstrip("/") for name in names]
    if absent := [place for place in wanted if place not in there]:
        more = f", nor in {len(absent) - 1} more" if len(absent) > 1 else ""
        raise ArrowIpcInvalid(path, "splits", f"a file in {absent[0]}", f"none{more}")


def _named(tree: Tree, path: str, folder: str) -> set[str]:
    """The files of a dataset, as the state beside them has it."""
    try:
        names = [one["filename"] for one in _said(tree, path)["_data_files"]]
    except (LookupError, TypeError):
        names = [None]
    if not all(isinstance(name, str) for name in names):
        raise ArrowIpcInvalid(path, "", "names of files under _data_files", "none")
    return {f"{folder}/{name}".lstrip("/") for name in names}
