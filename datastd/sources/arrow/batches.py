"""Record batches of a file of Arrow's IPC, decoded one at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from datastd.sources import Defect
from datastd.sources.arrow.defects import RecordBatchUndecodable
from datastd.sources.arrow.layout import Layout
from datastd.sources.arrow.messages import messages
from datastd.sources.tabular import Rows
from datastd.sources.tabular.arrays import (
    Held,
    Sink,
    Undecodable,
    counted,
    decoding,
    lost,
    only,
    refuse_large,
    refuse_many,
    rows_of,
)
from datastd.words import many

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class _Place:
    """Says where rows of a record batch are."""

    batch: int

    def __call__(self, row: int) -> str:
        return f"row {row} of record batch {self.batch}"


@dataclass(slots=True)
class Batches:
    """
    The record batches of a file, with some of its columns.

    Attributes:
        path: The file.
        read: Gives stretches of it as a file.
        held: All of it.
        layout: What it holds.
        names: The columns that are decoded,
        fields: and their numbers.
    """

    path: str
    read: Callable[..., Held]
    held: Held
    layout: Layout
    names: Sequence[str]
    fields: Sequence[int]

    def counted(self, begin: int, end: int) -> Iterator[Rows | Defect]:
        """Yield the records of the batches between two numbers, without a column."""
        for number in range(begin, end):
            first, stop = self.layout.first[number : number + 2].tolist()
            if stop > first:
                size = int(np.diff(self.layout.batches[number])[0])
                place = _Place(number)
                yield from counted(
                    self.path, f"record batch {number}", first, stop - first, size, place
                )

    def records(self, begin: int, end: int, names: Sequence[str]) -> Iterator[Rows | Defect]:
        """Yield the records of the batches between two numbers, each once: these columns."""
        stream, number = None, begin
        while number < end:
            first, stop = self.layout.first[number : number + 2].tolist()
            after = number + 1
            try:
                with decoding(self.path, self.held):
                    self._refuse_large(number, stop - first)
                    stream = stream or self._opened(number, end)
                    batch = stream(number).select([*self.names])
                    if batch.num_rows != stop - first:
                        raise ValueError(many(batch.num_rows, "row"))
                    yield from rows_of(self.path, batch, names, first, _Place(number))
            except (Defect, Undecodable) as error:
                stream = None
                if self.layout.schema and self.layout.dictionaries:
                    after = end  # what follows needs the dictionaries on the way there
                if samples := int(self.layout.first[after]) - first:
                    yield lost(self._named(error, number, stop - first), first, samples)
            number = after

    def only(self, rows: NDArray[np.int64]) -> "Iterator[pa.RecordBatch]":
        """Yield some rows of the file, in the record batches in which they are."""
        import pyarrow as pa  # noqa: PLC0415

        edges = np.searchsorted(rows, self.layout.first)
        stream, end = None, len(self.layout.batches)
        for number in range(int(np.searchsorted(self.layout.first, rows[-1], side="right"))):
            stream = stream or self._opened(number, end)
            self._refuse_large(number, int(np.diff(self.layout.first)[number]))
            batch = stream(number)
            here = rows[edges[number] : edges[number + 1]] - self.layout.first[number]
            if len(here):
                table = pa.Table.from_batches([*only(batch, here)]).combine_chunks()
                yield from map(_compact, table.to_batches())

    def writer(self, sink: Sink, schema: "pa.Schema") -> "pa.RecordBatchStreamWriter":
        """What writes a file as this one was written: with its schema, metadata and codec."""
        import pyarrow as pa  # noqa: PLC0415

        start, stop = self.layout.batches[0].tolist()
        codec = next(messages(self.held.at, start, stop)).codec
        options = pa.ipc.IpcWriteOptions(
            compression=codec, use_threads=False, unify_dictionaries=self.layout.schema is None
        )
        kind = pa.ipc.new_file if self.layout.schema is None else pa.ipc.new_stream
        return kind(pa.PythonFile(sink, mode="w"), schema, options=options)

    def _named(self, error: Defect | Undecodable, number: int, rows: int) -> Defect:
        if isinstance(error, Defect):
            return error
        at, expected = f"record batch {number}", f"{many(rows, 'row')} that decode"
        return RecordBatchUndecodable(self.path, at, expected, str(error))

    def _refuse_large(self, number: int, rows: int) -> None:
        """Refuse a batch that decodes to more than there is room for."""
        at, (start, stop) = f"record batch {number}", self.layout.batches[number].tolist()
        if rows:
            refuse_many(self.path, at, rows, stop - start)
            message = next(messages(self.held.at, start, stop))
            refuse_large(self.path, at, message.expanded(self.held.at), stop - start)

    def _opened(self, begin: int, end: int) -> "Callable[[int], pa.RecordBatch]":
        """What gives the batches between two numbers, one after the other."""
        import pyarrow as pa  # noqa: PLC0415

        layout, size = self.layout, 0
        for at, until in layout.dictionaries:
            size += next(messages(self.held.at, at, until)).expanded(self.held.at)
        stored = sum(until - at for at, until in layout.dictionaries)
        refuse_large(self.path, "dictionaries", size, stored)
        options = pa.ipc.IpcReadOptions(included_fields=[*self.fields], use_threads=False)
        if layout.schema is None:
            self.held.seek(0)
            file = pa.ipc.open_file(pa.PythonFile(self.held, mode="r"), options=options)
            given: Callable[[int], pa.RecordBatch] = file.get_batch
            return given
        start, stop = int(layout.batches[begin, 0]), int(layout.batches[end - 1, 1])
        before = [one for one in layout.dictionaries if one[0] < start]
        some = self.read(layout.schema, *before, (start, stop))
        stream = pa.ipc.open_stream(pa.PythonFile(some, mode="r"), options=options)
        return lambda _: stream.read_next_batch()


def _compact(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    """A batch whose views show no bytes but those that are its own."""
    import pyarrow as pa  # noqa: PLC0415

    copies = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}
    columns = [
        column.cast(copies[column.type]).cast(column.type) if column.type in copies else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)
