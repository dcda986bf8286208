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
from datastd.sources import Defect, Findings, Shard
from datastd.sources.arrow.batches import Batches
from datastd.sources.arrow.defects import ArrowIpcInvalid, RecordBatchUndecodable
from datastd.sources.arrow.layout import Layout, laid_out
from datastd.sources.files import COUNTS, is_data, unreadable
from datastd.sources.tabular import Rows
from datastd.sources.tabular.arrays import Held, Sink, Undecodable, decoding, rewriting, signature
from datastd.sources.tabular.columnar import SHARD, Columnar, Groups

if TYPE_CHECKING:
    import pyarrow as pa

_MOST = 16 << 20  # bytes of a state
_STATE, _SPLITS = "state.json", "dataset_dict.json"
_BESIDE = frozenset({_STATE, "dataset_info.json", _SPLITS})
"""What `datasets` writes beside the files of a dataset."""


class Arrow(Columnar):
    """
    Records in Arrow's IPC: ``.feather``, ``.arrows`` and ``.arrow``; a row is one.

    A ``.feather`` is a file of version 2, with a footer; ``.arrows`` is a stream, and
    ``.arrow`` either of them.  So are read what `datasets` saves, and what it keeps in its
    cache; where it says in ``state.json`` which files are the dataset's, no other is.  All
    columns are decoded, so that a record batch of which any does not decode is lost; of those
    that the standard's record does not name nothing more is asked, but that strings are UTF-8.
    A split is what the file's name says, or a folder's: train, val or test; else ``data``.

    Source:
        Apache Arrow, "Serialization and Interprocess Communication".
    """

    format: ClassVar[str] = "arrow"
    named_as: ClassVar[str] = "x.arrow"
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *Columnar.KINDS, ArrowIpcInvalid, RecordBatchUndecodable,
    )  # fmt: skip

    def __init__(self, tree: Tree, column: str = "", *, shard: int = SHARD) -> None:
        super().__init__(tree, column, shard=shard)
        self._layouts: dict[str, Layout] = {}
        self._unread: dict[str, int] = {}  # rows of a record batch that was cut, by file

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(_is_ours(path) for path in tree.stamps)

    def beside(self) -> Iterator[str]:
        yield from (one for one in self.tree.stamps if one.rpartition("/")[2] in _BESIDE)

    def data(self, findings: Findings) -> Iterator[str]:
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

    def look(self, path: str, held: Held, size: int, findings: Findings) -> Groups:
        try:
            with decoding(path, held):
                layout, self._unread[path] = laid_out(path, held, size, findings)
                columns = signature(layout.read_schema(held))
        except Undecodable as error:
            raise ArrowIpcInvalid(path, "", "a schema that can be read", str(error)) from None
        self._layouts[path] = layout
        sizes = (layout.batches[:, 1] - layout.batches[:, 0]).tolist()
        return Groups(layout.first, sizes, columns)

    @property
    def unread(self) -> int:
        return sum(self._unread.values())

    def decoded(
        self, shard: Shard, looked: Sequence[str] | None, wanted: Sequence[str] | None
    ) -> Iterator[Rows | Defect]:
        self.plan()
        path, layout = shard.path, self._layouts[shard.path]
        begin = int(np.searchsorted(layout.first, shard.start, side="right")) - 1
        end = int(np.searchsorted(layout.first, shard.stop))
        with self.tree.open(path) as descriptor:
            batches, schema = self._batches(path, descriptor, looked)
            names = [name for name in schema.names if wanted is None or name in wanted]
            if batches.names:
                yield from batches.records(begin, end, names)
            else:
                yield from batches.counted(begin, end)

    def _batches(
        self, path: str, descriptor: int, looked: Sequence[str] | None
    ) -> tuple[Batches, "pa.Schema"]:
        """The record batches of a file, with the columns that are looked at; and its schema."""
        read, layout = partial(self.held, path, descriptor), self._layouts[path]
        held = read()
        try:
            with decoding(path, held):
                schema = layout.read_schema(held)
        except (Defect, Undecodable) as error:
            expected = "the schema that was read"
            raise DataChanged(path, expected, str(error), "run it again") from None
        names = [name for name in schema.names if looked is None or name in looked]
        fields = [schema.get_field_index(name) for name in names]
        return Batches(path, read, held, layout, names, fields), schema

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        rows = {path: some for path, some in kept.items() if len(some)}
        super().write(rows, to)
        for path in self.tree.stamps:
            if is_data(path) and path.rpartition("/")[2] in _BESIDE:
                self._write_beside(path, rows, to)

    def written(self, path: str, rows: NDArray[np.int64]) -> Iterator[bytes]:
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
        before = [one for one in self.first if one.startswith(around)]
        if all(one in here and self.is_whole(one, here[one]) for one in before):
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
