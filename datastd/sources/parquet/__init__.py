"""Records in Parquet files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import DataChanged
from datastd.sources import Defect, Findings, Plan, Shard
from datastd.sources.encoding import Utf8Invalid
from datastd.sources.files import (
    COMMON,
    ContainerMagicMismatch,
    EmptyFile,
    head_of,
    is_data,
    odd_entries,
    split_named,
    strays,
    unreadable,
)
from datastd.sources.parquet.defects import ParquetCountMismatch, ParquetFooterInvalid
from datastd.sources.parquet.groups import Group, Known, batches, opened, tables, writer
from datastd.sources.parquet.pages import footer
from datastd.sources.serial import RecordTooLong
from datastd.sources.tabular import Rows, Tabular
from datastd.sources.tabular.arrays import (
    Held,
    PageTooLarge,
    ShardSchemaDrift,
    Signature,
    Sink,
    Undecodable,
    counted,
    decoding,
    drifts,
    lost,
    refuse_twice,
    rewriting,
    rows_of,
    signature,
)
from datastd.sources.tabular.defects import ColumnDuplicateLabel
from datastd.waiting import cores, each

SHARD = 64 << 20  # bytes of a shard, decompressed, where row groups are smaller
_MAGIC, _SECRET = b"PAR1", b"PARE"
_TAIL = 8  # bytes: the length of the footer, and the magic number
_FOOTER = 64 << 20  # bytes of a footer
_STRUCT, _FEW = 16, 1 << 16  # bytes that a struct of it takes at least; so many may be smaller
_MANY = 1 << 40  # rows of a file
_BYTES, _ROWS = 2, 3  # fields of a row group, in a footer


class Parquet(Tabular):
    """
    Records in Parquet files, ``.parquet``: a row is one; also folders of Hugging Face's hub.

    Of a file, the columns that the standard's record names are decoded, and no other.  Texts
    are strings in any of their encodings.  Checksums of pages are looked at where there are
    any.  A split is what the file's name says, or a folder's: train, val or test; else
    ``data``.

    Source:
        apache/parquet-format.
    """

    format: ClassVar[str] = "parquet"
    columns: ClassVar[tuple[str, ...]] = ("text", "separators")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, *Tabular.KINDS, ParquetFooterInvalid, ParquetCountMismatch, PageTooLarge,
        ShardSchemaDrift, ColumnDuplicateLabel, RecordTooLong, Utf8Invalid,
    )  # fmt: skip

    def __init__(self, tree: Tree, *, shard: int = SHARD) -> None:
        super().__init__(tree)
        self._shard = shard
        self._first: dict[str, NDArray[np.int64]] = {}  # by path, of each row group the first row
        self._plan: Plan | None = None

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(_is_ours(path) for path in tree.stamps)

    def plan(self) -> Plan:
        if self._plan is None:
            findings, shards = Findings(), list[Shard]()
            signatures: dict[str, Signature] = {}
            findings.defects += odd_entries(self.tree)
            data = [path for path in self.tree.stamps if _is_ours(path)]
            findings.defects += strays(self.tree, data, "a name such as x.parquet, or a paper")
            looked = each(self._look, data, jobs=cores(), stop=self.tree.stop)
            for path, (cut, found, columns) in zip(data, looked, strict=True):
                shards += cut
                findings.defects += found
                if columns is not None:
                    signatures[path] = columns
            findings.defects += drifts(signatures)
            tried = len(self.tree.stamps) + len(self.tree.oddities)
            self._plan = Plan(tuple(shards), tuple(findings.defects), tried)
        return self._plan

    def _look(self, path: str) -> tuple[list[Shard], list[Defect], Signature | None]:
        """Look at the footer of a file: its shards, what is wrong, and its columns."""
        findings = Findings()
        with findings:
            size = self.tree.stamps[path].size
            try:
                _refuse_other(self.tree, path, size)
                with self.tree.open(path) as descriptor:
                    known = _known(path, Held(self.tree, descriptor, (0, size)), size)
                    with decoding(path, known.held):
                        columns = signature(known.file.schema_arrow)
            except OSError as error:
                raise unreadable(path, error) from None
            except Undecodable as error:
                expected = "columns that can be read"
                raise ParquetFooterInvalid(path, "footer", expected, str(error)) from None
            refuse_twice(path, columns)
            rows, sizes = (known.footer.groups[:, n].tolist() for n in (_ROWS, _BYTES))
            if min(rows, default=0) < 0 or sum(rows) > _MANY:
                expected, found = f"from 0 to {_MANY} rows", f"{min(rows)} to {sum(rows)}"
                raise ParquetFooterInvalid(path, "row groups", expected, found)
            if (stated := known.footer.rows) != sum(rows):
                expected, found = f"the {sum(rows)} rows of the row groups", f"{stated}"
                findings.defects.append(ParquetCountMismatch(path, "footer", expected, found))
            self._first[path] = np.cumsum([0, *rows])
            return self._cut(path, rows, sizes), findings.defects, columns
        return [], findings.defects, None

    def _cut(self, path: str, rows: Sequence[int], sizes: Sequence[int]) -> list[Shard]:
        """Shards of whole row groups, which have so many rows and bytes each."""
        split, shards, start, stop, held = split_named(path), list[Shard](), 0, 0, 0
        for some, size in zip(rows, sizes, strict=True):
            stop, held = stop + some, held + size
            if held >= self._shard and stop > start:
                shards.append(Shard(path, split, start, stop))
                start, held = stop, 0
        return [*shards, Shard(path, split, start, stop)] if stop > start else shards

    def _groups(self, path: str, start: int, stop: int) -> Iterator[Group]:
        """Yield the row groups of a file that hold rows between two numbers."""
        first = self._first[path]
        begin, end = np.searchsorted(first, start, side="right") - 1, np.searchsorted(first, stop)
        for number in range(int(begin), int(end)):
            if rows := int(first[number + 1] - first[number]):
                yield Group(number, int(first[number]), rows)

    def rows(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        self.plan()
        path = shard.path
        with self.tree.open(path) as descriptor:
            size = self.tree.stamps[path].size
            try:
                known = _known(path, Held(self.tree, descriptor, (0, size)), size)
            except Defect as defect:
                expected = "the footer that was read"
                raise DataChanged(path, expected, str(defect), "run it again") from None
            there = known.file.schema_arrow.names
            names = there if wanted is None else [name for name in there if name in wanted]
            for group in self._groups(path, shard.start, shard.stop):
                yield from _read(known, group, names) if names else _counted(known, group)

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        for path, rows in kept.items():
            if self._is_whole(path, rows):
                to.take(self.tree, path)
            elif len(rows):
                to.put(path, self._written(path, rows))

    def _is_whole(self, path: str, rows: NDArray[np.int64]) -> bool:
        """Say whether these rows are all that a file holds, and nothing of it is wrong."""
        wrong = any(one.path == path and one.loses for one in self.plan().defects)
        return len(rows) == self._first[path][-1] and not wrong

    def _written(self, path: str, rows: NDArray[np.int64]) -> Iterator[bytes]:
        """Yield a file with these rows, in the row groups in which they were."""
        size = self.tree.stamps[path].size
        with self.tree.open(path) as descriptor:
            held, sink = Held(self.tree, descriptor, (0, size)), Sink()
            with rewriting(path, held):
                known = _known(path, held, size)
                with writer(known, sink) as anew:
                    for group in self._groups(path, 0, int(rows[-1]) + 1):
                        first, stop = np.searchsorted(rows, (group.first, group.first + group.rows))
                        for table in tables(known, group, rows[first:stop] - group.first):
                            anew.write_table(table, row_group_size=table.num_rows)
                            yield from sink.taken()
                yield from sink.taken()


def _is_ours(path: str) -> bool:
    """Say whether a file is Parquet, by its name."""
    return path.lower().endswith(".parquet") and is_data(path)


def _refuse_other(tree: Tree, path: str, size: int) -> None:
    """Refuse a file that does not begin as Parquet does."""
    if not size:
        raise EmptyFile(path, "", "at least one byte", "0 bytes")
    head = head_of(tree, path, len(_MAGIC))
    if head == _SECRET:
        raise ParquetFooterInvalid(path, "byte 0", "PAR1", "PARE: an encrypted footer")
    if head != _MAGIC:
        expected = f"{_MAGIC.hex()}, the magic number of Parquet"
        raise ContainerMagicMismatch(path, "byte 0", expected, head.hex())


def _known(path: str, held: Held, size: int) -> Known:
    """Open a file; refuse a footer that is none, or takes much more memory than it is long."""
    fixed, tail = len(_MAGIC) + _TAIL, held.at(max(0, size - _TAIL), _TAIL)
    if size < fixed or not tail.endswith(_MAGIC):
        at = f"byte {max(0, size - len(_MAGIC))}"
        raise ParquetFooterInvalid(path, at, _MAGIC.hex(), tail[-len(_MAGIC) :].hex())
    length, most = int.from_bytes(tail[:4], "little"), min(size - fixed, _FOOTER)
    if length > most:
        at, expected = f"byte {size - _TAIL}", f"a footer of at most {most} bytes"
        raise ParquetFooterInvalid(path, at, expected, f"{length}")
    at = f"byte {size - _TAIL - length}"
    try:
        with decoding(path, held):
            said = footer(held.at(size - _TAIL - length, length))
            if said.structs > max(_FEW, length // _STRUCT):
                expected, found = f"structs of {_STRUCT} bytes or more", f"{said.structs}"
                raise ParquetFooterInvalid(path, at, expected, f"{found} in {length} bytes")
            known = Known(path, held, size, said, opened(held))
            columns = known.file.metadata.num_columns
            if len(said.chunks) != columns * len(said.groups):
                expected, found = f"{columns} columns in each row group", "others"
                raise ParquetFooterInvalid(path, at, expected, found)
            return known
    except Undecodable as error:
        raise ParquetFooterInvalid(path, at, "a footer", str(error)) from None


@dataclass(frozen=True, slots=True)
class _Place:
    """Says where rows are that are decoded together."""

    group: int
    first: int

    def __call__(self, row: int) -> str:
        return f"row {self.first + row} of row group {self.group}"


def _counted(known: Known, group: Group) -> Iterator[Rows | Defect]:
    """Yield the records of a row group that has none of the columns which are asked for."""
    at, stored = f"row group {group.number}", known.stored(group)
    return counted(known.path, at, group.first, group.rows, stored, _Place(group.number, 0))


def _read(known: Known, group: Group, names: Sequence[str]) -> Iterator[Rows | Defect]:
    """Yield the records of a row group, each once."""
    path, done, found = known.path, 0, "no more"
    try:
        try:
            with decoding(path, known.held):
                for batch in batches(known, group, names):
                    place = _Place(group.number, done)
                    yield from rows_of(path, batch, group.first + done, place)
                    done += batch.num_rows
        except Undecodable as error:
            found = str(error)
        if done < group.rows:
            at, expected = _Place(group.number, done)(0), f"{group.rows} rows"
            raise ParquetCountMismatch(path, at, expected, found)
    except Defect as defect:
        yield lost(defect, group.first + done, group.rows - done)
