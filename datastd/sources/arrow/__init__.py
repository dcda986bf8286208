"""Records in files and streams of Arrow's IPC, and in folders that Hugging Face saves."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

import numpy as np

from datastd.digest import strict_json
from datastd.disk import Tree
from datastd.errors import DataChanged
from datastd.sources import Defect, Findings, Plan, Shard
from datastd.sources.arrow.batches import Batches
from datastd.sources.arrow.defects import ArrowIpcInvalid, RecordBatchUndecodable
from datastd.sources.arrow.layout import Layout, laid_out
from datastd.sources.encoding import Utf8Invalid
from datastd.sources.files import (
    COMMON,
    is_data,
    odd_entries,
    split_named,
    strays,
    unreadable,
)
from datastd.sources.tabular import Rows, Tabular
from datastd.sources.tabular.arrays import (
    Held,
    RecordTooLarge,
    ShardSchemaDrift,
    Signature,
    Undecodable,
    decoding,
    drifts,
    refuse_twice,
    signature,
)
from datastd.waiting import cores, each

SHARD = 64 << 20  # bytes of a shard, as they are stored
_MOST = 16 << 20  # bytes of a state
_STATE = "state.json"
_BESIDE = frozenset({_STATE, "dataset_info.json", "dataset_dict.json"})
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
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, *Tabular.KINDS, ArrowIpcInvalid, RecordBatchUndecodable, RecordTooLarge,
        ShardSchemaDrift, Utf8Invalid,
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
                        schema = layout.read_schema(held)
                        columns = signature(schema)
            except OSError as error:
                raise unreadable(path, error) from None
            except Undecodable as error:
                expected = "a schema that can be read"
                raise ArrowIpcInvalid(path, "", expected, str(error)) from None
            refuse_twice(ArrowIpcInvalid, path, columns)
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
            read = partial(Held, self.tree, descriptor)
            held = read((0, self.tree.stamps[path].size))
            try:
                with decoding(path, held):
                    schema = layout.read_schema(held)
            except (Defect, Undecodable) as error:
                expected = "the schema that was read"
                raise DataChanged(path, expected, str(error), "run it again") from None
            names = [name for name in schema.names if wanted is None or name in wanted]
            fields = [schema.get_field_index(name) for name in names]
            batches = Batches(path, read, held, layout, names, fields)
            yield from (batches.records if names else batches.counted)(begin, end)


def _is_ours(path: str) -> bool:
    """Say whether a file is Arrow's IPC, by its name."""
    return path.lower().endswith((".arrow", ".feather", ".arrows")) and is_data(path)


def _named(tree: Tree, path: str, folder: str) -> set[str]:
    """The files of a dataset, as the state beside them has it."""
    try:
        with tree.open(path) as descriptor:
            content = tree.read(descriptor, _MOST, 0)
    except OSError as error:
        raise unreadable(path, error) from None
    try:
        names = [one["filename"] for one in strict_json(content)["_data_files"]]
    except (ValueError, LookupError, TypeError):
        names = [None]
    if not all(isinstance(name, str) for name in names):
        raise ArrowIpcInvalid(path, "", "names of files under _data_files", "none")
    return {f"{folder}/{name}".lstrip("/") for name in names}
