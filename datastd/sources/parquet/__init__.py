"""Records in Parquet files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.errors import DataChanged
from datastd.sources import Defect, Findings, Shard
from datastd.sources.files import ContainerMagicMismatch, EmptyFile, is_data
from datastd.sources.parquet.defects import ParquetCountMismatch, ParquetFooterInvalid
from datastd.sources.parquet.groups import (
    MAGIC,
    Group,
    Known,
    batches,
    known_file,
    tables,
    writer,
)
from datastd.sources.tabular import Rows
from datastd.sources.tabular.arrays import (
    Held,
    Sink,
    Undecodable,
    counted,
    decoding,
    lost,
    rewriting,
    rows_of,
    signature,
)
from datastd.sources.tabular.columnar import Columnar, Groups
from datastd.words import many

_SECRET = b"PARE"


class Parquet(Columnar):
    """
    Records in Parquet files, ``.parquet``: a row is one; also folders of Hugging Face's hub.

    All columns are decoded, so that a row of which any does not decode is lost; of those that
    the standard's record does not name nothing more is asked, but that strings are UTF-8.
    Texts are strings in any of their encodings.  Checksums of pages are looked at where there
    are any.  A split is what the file's name says, or a folder's: train, val or test; else
    ``data``.

    Source:
        apache/parquet-format.
    """

    format: ClassVar[str] = "parquet"
    named_as: ClassVar[str] = "x.parquet"
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *Columnar.KINDS, ParquetFooterInvalid, ParquetCountMismatch,
    )  # fmt: skip

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(_is_ours(path) for path in tree.stamps)

    def data(self, findings: Findings) -> Iterator[str]:
        del findings  # no file names others
        yield from (path for path in self.tree.stamps if _is_ours(path))

    def look(self, path: str, held: Held, size: int, findings: Findings) -> Groups:
        _refuse_other(path, held, size)
        known = known_file(path, held, size)
        try:
            with decoding(path, held):
                columns = signature(known.file.schema_arrow)
        except Undecodable as error:
            expected = "columns that can be read"
            raise ParquetFooterInvalid(path, "footer", expected, str(error)) from None
        if (stated := known.footer.rows) != (rows := int(known.first[-1])):
            expected, found = f"the {rows} rows of the row groups", f"{stated}"
            findings.defects.append(ParquetCountMismatch(path, "footer", expected, found))
        return Groups(known.first, known.sizes, columns)

    def _groups(self, path: str, start: int, stop: int) -> Iterator[Group]:
        """Yield the row groups of a file that hold rows between two numbers."""
        first = self.first[path]
        begin, end = np.searchsorted(first, start, side="right") - 1, np.searchsorted(first, stop)
        for number in range(int(begin), int(end)):
            if rows := int(first[number + 1] - first[number]):
                yield Group(number, int(first[number]), rows)

    def decoded(
        self, shard: Shard, looked: Sequence[str] | None, wanted: Sequence[str] | None
    ) -> Iterator[Rows | Defect]:
        self.plan()
        path = shard.path
        with self.tree.open(path) as descriptor:
            size = self.tree.stamps[path].size
            try:
                known = known_file(path, self.held(path, descriptor), size)
            except Defect as defect:
                expected = "the footer that was read"
                raise DataChanged(path, expected, str(defect), "run it again") from None
            names = known.file.schema_arrow.names
            there, given = (
                names if some is None else [name for name in names if name in some]
                for some in (looked, wanted)
            )
            for group in self._groups(path, shard.start, shard.stop):
                yield from _read(known, group, there, given) if there else _counted(known, group)

    def written(self, path: str, rows: NDArray[np.int64]) -> Iterator[bytes]:
        size = self.tree.stamps[path].size
        with self.tree.open(path) as descriptor:
            held, sink = self.held(path, descriptor), Sink()
            with rewriting(path, held):
                known = known_file(path, held, size)
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


def _refuse_other(path: str, held: Held, size: int) -> None:
    """Refuse a file that does not begin as Parquet does."""
    if not size:
        raise EmptyFile(path, "", "at least one byte", "0 bytes")
    head = held.at(0, len(MAGIC))
    if head == _SECRET:
        raise ParquetFooterInvalid(path, "byte 0", "PAR1", "PARE: an encrypted footer")
    if head != MAGIC:
        expected = f"{MAGIC.hex()}, the magic number of Parquet"
        raise ContainerMagicMismatch(path, "byte 0", expected, head.hex())


@dataclass(frozen=True, slots=True)
class _Place:
    """Says where rows are that are decoded together."""

    group: int
    first: int

    def __call__(self, row: int) -> str:
        return f"row {self.first + row} of row group {self.group}"


def _counted(known: Known, group: Group) -> Iterator[Rows | Defect]:
    """Yield the records of a row group that has none of the columns which are looked at."""
    at, stored = f"row group {group.number}", known.stored(group)
    return counted(known.path, at, group.first, group.rows, stored, _Place(group.number, 0))


def _read(
    known: Known, group: Group, looked: Sequence[str], names: Sequence[str]
) -> Iterator[Rows | Defect]:
    """Yield the records of a row group, each once: some of the columns that are looked at."""
    path, done, found = known.path, 0, "no more"
    try:
        try:
            with decoding(path, known.held):
                for batch in batches(known, group, looked):
                    place = _Place(group.number, done)
                    yield from rows_of(path, batch, names, group.first + done, place)
                    done += batch.num_rows
        except Undecodable as error:
            found = str(error)
        if done < group.rows:
            at, expected = _Place(group.number, done)(0), many(group.rows, "row")
            raise ParquetCountMismatch(path, at, expected, found)
    except Defect as defect:
        yield lost(defect, group.first + done, group.rows - done)
