"""Rows that are set aside until they are needed: in memory, then on disk."""

import itertools
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import polars as pl

from datastd.rules import Again
from datastd.waiting import ahead

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

ROWS = 1 << 18  # rows that are kept in memory to meet others; more goes to disk
FEW = 1 << 16  # likewise, of those that wait: each has a text that says what is wrong
BUFFER = 1 << 20  # bytes that are written at once
BUCKETS = 1024  # parts of a run; one of them at least is in memory at a time
PART = 1 << 16  # rows that meet at once, or more: those of a bucket,
PIECE = 1 << 17  # of which so many are read at once, and those of a run


@dataclass(slots=True, weakref_slot=True)
class Spool:
    """Tables by name, appended to and read back in the order of the appending."""

    most: int = FEW
    _held: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _written: dict[str, list[Path]] = field(default_factory=dict)
    _rows: int = 0
    _folder: Path | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def add(self, name: str, rows: pl.DataFrame) -> None:
        """Append *rows* to the table of that name."""
        self._held.setdefault(name, []).append(_compact(rows))
        self._rows += rows.height
        if self._rows > self.most:
            self._write()

    def read(self, name: str) -> Iterator[pl.DataFrame]:
        """Yield the table of that name in pieces."""
        for path in self._written.get(name, ()):
            yield pl.read_ipc(path)
        yield from self._held.get(name, ())

    def _write(self) -> None:
        self._folder = self._folder or temporary(self)
        for name, pieces in self._held.items():
            path = self._folder / f"{next(self._numbers)}.arrow"
            pl.concat(pieces).write_ipc(path)
            self._written.setdefault(name, []).append(path)
        self._held.clear()
        self._rows = 0


@dataclass(frozen=True, slots=True)
class _Run:
    """
    Rows on disk, ordered by buckets.

    Attributes:
        path: The file.
        edges: The first row of each bucket, and one more than the last; shape (BUCKETS + 1,).
        cuts: The first row of each batch of the file, and one more than the last.
    """

    path: Path
    edges: "NDArray[np.int64]"
    cuts: "NDArray[np.int64]"

    def read(self, first: int, last: int) -> pl.DataFrame:
        """The rows of the buckets from *first* on, before *last*."""
        from pyarrow import Table, ipc  # noqa: PLC0415  -- few checks have that many rows

        start, stop = self.edges[first], self.edges[last]
        begin = int(np.searchsorted(self.cuts, start, side="right")) - 1
        end = int(np.searchsorted(self.cuts, stop)) if stop > start else begin
        with ipc.open_file(self.path) as file:
            some = Table.from_batches(map(file.get_batch, range(begin, end)), file.schema)
        return _frame(some.slice(start - self.cuts[begin], stop - start))


@dataclass(slots=True, weakref_slot=True)
class Meeting:
    """
    Brings rows with equal values of a column together.

    Few rows meet in memory.  Many are written in runs, each ordered by a hash of the
    value and cut into buckets, so that equal values lie in one bucket of every run.  Rows
    that are read back come in pieces, of a run each: millions may have one value.
    """

    column: str
    most: int = ROWS
    _held: list[pl.DataFrame] = field(default_factory=list)
    _rows: int = 0
    _runs: list[_Run] = field(default_factory=list)
    _folder: Path | None = None

    def add(self, rows: pl.DataFrame) -> None:
        """Set *rows* aside."""
        self._held.append(rows)
        self._rows += rows.height
        if self._rows > self.most:
            self._write()

    def groups(self) -> Iterator[Again]:
        """
        Yield parts of all rows; equal values are always in one part.

        A part has rows, and gives them as often as it is asked: few in one piece, and many in
        pieces of bounded size.  The next part is read while one is looked at.
        """
        if not self._runs:
            if self._held:
                yield partial(iter, [pl.concat(self._held, how="diagonal")])
            return
        self._write()
        yield from ahead(self._parts())

    def _parts(self) -> Iterator[Again]:
        empty = pl.concat([run.read(0, 0) for run in self._runs], how="diagonal")
        sizes = np.sum([np.diff(run.edges) for run in self._runs], axis=0)
        rows, first = 0, 0
        for bucket in range(BUCKETS):
            rows += int(sizes[bucket])
            if rows >= PART or (rows and bucket == BUCKETS - 1):
                again = partial(_pieces, self._runs, first, bucket + 1, empty)
                yield again if rows > PIECE else partial(iter, [*again()])
                rows, first = 0, bucket + 1

    def _write(self) -> None:
        if not self._held:
            return
        import pyarrow as pa  # noqa: PLC0415

        self._folder = self._folder or temporary(self)
        rows = pl.concat(self._held, how="diagonal")
        self._held.clear()
        self._rows = 0
        bucket = (pl.col(self.column).hash(seed=0) % BUCKETS).cast(pl.Int64)
        ordered = rows.with_columns(bucket.alias("bucket")).sort("bucket", maintain_order=True)
        edges = np.searchsorted(ordered["bucket"].to_numpy(), np.arange(BUCKETS + 1))
        table = ordered.drop("bucket").to_arrow()
        path = self._folder / f"{len(self._runs)}.arrow"
        cuts = [0]
        for edge in edges[1:].tolist():
            # What is read of a part is not much more than it, however many runs there will be.
            if edge - cuts[-1] >= PART // 4 // (len(self._runs) + 1) or edge == len(table):
                cuts.append(edge)
        with (
            pa.OSFile(str(path), "wb") as file,
            pa.BufferedOutputStream(file, BUFFER) as many,  # each column of a batch is a write
            pa.ipc.new_file(many, table.schema) as writer,
        ):
            for start, end in pairwise(cuts):
                writer.write_batch(_one_batch(table.slice(start, end - start)))
        self._runs.append(_Run(path, edges, np.array(cuts)))


def _pieces(
    runs: Sequence[_Run], first: int, last: int, empty: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Read buckets of all runs, in pieces: a bucket's rows may be as many as all."""
    held, rows = [empty], 0
    for run in runs:
        piece = run.read(first, last)
        held, rows = [*held, piece], rows + piece.height
        if rows > PIECE:
            yield pl.concat(held, how="diagonal")
            held, rows = [empty], 0
    if rows:
        yield pl.concat(held, how="diagonal")


def _frame(table: "pa.Table | pa.RecordBatch") -> pl.DataFrame:
    return cast("pl.DataFrame", pl.from_arrow(table))


def _compact(rows: pl.DataFrame) -> pl.DataFrame:
    """Copy *rows*: text that was filtered keeps all the text that it was filtered from."""
    return cast("pl.DataFrame", pl.from_arrow(rows.to_arrow(compat_level=pl.CompatLevel.oldest())))


def _one_batch(table: "pa.Table") -> "pa.RecordBatch":
    """The rows of a table as one batch, of no rows where it has none."""
    from pyarrow import RecordBatch  # noqa: PLC0415

    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else RecordBatch.from_pylist([], schema=table.schema)


def temporary(owner: object) -> Path:
    """Make a folder that is deleted with its owner."""
    folder = Path(tempfile.mkdtemp(prefix="datastd-"))
    # A report keeps its spool for as long as it lives, and nobody closes a report.
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return folder
