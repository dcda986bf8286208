"""Columns as Arrow has them: read from a held file, looked at, and handed to polars."""

import bisect
import contextlib
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.errors import NotJudged
from datastd.sources import Defect
from datastd.sources.encoding import Utf8Invalid, as_strings, not_utf8
from datastd.sources.files import unreadable
from datastd.sources.serial import LONGEST, MANY, RecordTooLong
from datastd.sources.tabular import Rows
from datastd.sources.tabular.defects import ColumnDuplicateLabel

if TYPE_CHECKING:
    import pyarrow as pa
    from typing_extensions import Buffer

RUN = 4 << 20  # bytes of records that are handed over at once: what a core's cache holds
SAID = 100  # characters of what a library says that are repeated
_NULL = "null"  # Arrow's name of the type without values

_PER_BYTE, _SOME = 1 << 10, 1 << 20  # rows for each byte that is stored of them; and some more
_LARGE, _RATIO, _HUGE = 64 << 20, 20, 1 << 30  # bytes that are decoded together

Place: TypeAlias = Callable[[int], str]
Signature: TypeAlias = tuple[tuple[str, str], ...]
"""Names of the columns of a file, sorted, each with its type however it is stored."""


class ShardSchemaDrift(Defect):
    """
    A file whose columns are not those of most files: other names, or other types.

    Types are Arrow's, however they are stored: a string is one with offsets of 32 bits or
    64, as a view, or by a dictionary.  A column of nulls has no values that could differ,
    and is let pass; so is another order.

    Why it matters:
        A loader takes the schema of the first file; it ends at another, converts the
        values, or fills the column with nulls.

    Remedy:
        Write all files with one schema.

    Source:
        HF datasets ``_cast_table``; TFDV SCHEMA_NEW_COLUMN and SCHEMA_MISSING_COLUMN.
    """

    code, name = "C007", "shard-schema-drift"
    loses = False


class PageTooLarge(Defect):
    """
    Rows that are decoded together and come to more than there is room for; none is read.

    A page or record batch may have 1 GiB, and from 64 MiB on no more than 20 times what is
    stored of it; a row group or record batch may have 1,024 rows for each byte that is
    stored of them, and a million more.

    Why it matters:
        Some hundred kilobytes can ask for all the memory of a machine, or for all its time.

    Remedy:
        Write smaller pages, row groups or record batches; or look at where the file is from.

    Source:
        datastd's own definition, as that of F003.
    """

    code, name, unit = "F086", "page-too-large", "samples"


def refuse_many(path: str, at: str, rows: int, stored: int) -> None:
    """Refuse to look at so many rows, of so few bytes that are stored."""
    if rows > (most := _SOME + _PER_BYTE * stored):
        raise PageTooLarge(path, at, f"at most {most} rows in {stored} bytes", f"{rows}")


def refuse_twice(path: str, columns: Signature) -> None:
    """Refuse a file with two columns of one name."""
    names = [name for name, _ in columns]
    if again := len(names) - len({*names}):
        expected, found = "each name once", f"{again} that are there before"
        raise ColumnDuplicateLabel(path, "schema", expected, found)


class Held(io.RawIOBase):
    """
    Stretches of a held file, one after the other, as a file that pyarrow can read.

    Args:
        source: Reads so many bytes of it at an offset, or fewer at its end.
        stretches: Where each begins, and where it ends.

    Attributes:
        trouble: What the system said when it could not be read.
    """

    def __init__(self, source: Callable[[int, int], bytes], *stretches: tuple[int, int]) -> None:
        self._source = source
        self._starts = [start for start, _ in stretches]
        self._edges = [0]
        for start, stop in stretches:
            self._edges.append(self._edges[-1] + stop - start)
        self._at = 0
        self.trouble: OSError | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if (at := offset + (0, self._at, self._edges[-1])[whence]) < 0:
            msg = f"byte {at}"
            raise ValueError(msg)
        self._at = at
        return self._at

    def at(self, offset: int, length: int) -> bytes:
        """Read *length* bytes at *offset*; fewer at the end."""
        self.seek(offset)
        return self.read(max(0, length))

    def read(self, size: int = -1) -> bytes:
        left = self._edges[-1] - self._at
        left = left if size < 0 else min(size, left)
        pieces = []
        while left > 0:
            number = bisect.bisect_right(self._edges, self._at) - 1
            length = min(left, self._edges[number + 1] - self._at)
            offset = self._starts[number] + self._at - self._edges[number]
            try:
                piece = self._source(length, offset)
            except OSError as error:
                self.trouble = error
                raise
            if not piece:
                break
            pieces.append(piece)
            self._at, left = self._at + len(piece), left - len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class Sink(io.RawIOBase):
    """A file that pyarrow writes to, of which the pieces are taken as they come."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def write(self, piece: "Buffer", /) -> int:
        self._pieces.append(bytes(piece))
        self._at += len(self._pieces[-1])
        return len(self._pieces[-1])

    def taken(self) -> Iterator[bytes]:
        """Yield what was written since."""
        pieces, self._pieces = self._pieces, []
        yield from pieces


class Undecodable(Exception):  # noqa: N818
    """What a library says of what it cannot decode."""


@contextlib.contextmanager
def decoding(path: str, held: Held) -> Iterator[None]:
    """
    Take what pyarrow raises for what it says of the file.

    Raises:
        Undecodable: It cannot be decoded.
        FileUnreadable: It cannot be read.
    """
    import pyarrow as pa  # noqa: PLC0415

    try:
        yield
    except (
        pa.ArrowException, OSError, ValueError, LookupError, TypeError, NotImplementedError,
        MemoryError,
    ) as error:  # fmt: skip
        if held.trouble:
            raise unreadable(path, held.trouble) from None
        first = str(error).partition("\n")[0][:SAID]
        raise Undecodable(f"{type(error).__name__}: {first}") from None


def lost(defect: Defect, first: int, samples: int) -> Defect:
    """A defect of a file, as that of so many of its records from the *first* on."""
    key = f"{defect.path}#{first}"
    return type(defect)(defect.path, defect.at, defect.expected, defect.found, key, samples)


def refuse_large(path: str, at: str, size: int, stored: int) -> None:
    """Refuse to decode at once what comes to too many bytes, of so many that are stored."""
    if size > _HUGE or (size > _LARGE and size > _RATIO * stored):
        expected = f"at most {_HUGE} bytes, and {_RATIO} times {stored} from {_LARGE} on"
        raise PageTooLarge(path, at, expected, f"{size}")


def rows_of(
    path: str, batch: "pa.RecordBatch", names: Sequence[str], first: int, place: Place
) -> Iterator[Rows | Defect]:
    """
    Yield each record of a batch once: in rows, or as its defect; so many at once as are looked at.

    Args:
        path: The file.
        batch: Columns with names that differ; nothing of them was looked at before.
        names: Those of them that the rows have.  Of others, strings are looked at: whether
            they are UTF-8.
        first: The number of its first record in the file.
        place: Says where one of its records is.

    Raises:
        ArrowInvalid: What the columns say of themselves contradicts itself.  Nothing was
            yielded before.
    """
    for column in (bare := [_bare(column) for column in batch.columns]):
        column.validate(full=True)
    looked = [
        number for number, field in enumerate(batch.schema)
        if field.name in names or _is_string(_of_each(field.type))
    ]  # fmt: skip
    fields = [batch.schema.field(number) for number in looked]
    named = [field.name for field in fields if field.name in names]
    for begin in range(0, batch.num_rows, MANY):  # a column of nulls takes no bytes
        slices = [bare[number].slice(begin, MANY) for number in looked]
        nothing = np.zeros(min(MANY, batch.num_rows - begin), np.int64)
        lengths = sum((_lengths(column) for column in slices), nothing)
        for row in (begin + np.flatnonzero(lengths > LONGEST)).tolist():
            expected, found = f"at most {LONGEST} bytes", f"{lengths[row - begin]}"
            yield RecordTooLong(path, place(row), expected, found, f"{path}#{first + row}")
        there = np.flatnonzero(lengths <= LONGEST)
        runs = np.cumsum(lengths[there]) // RUN
        for rows in np.split(there, np.flatnonzero(np.diff(runs)) + 1) if len(there) else ():
            start, stop = int(rows[0]), int(rows[-1]) + 1
            some = [column.slice(start, stop - start) for column in slices]
            if len(rows) < stop - start:
                some = [column.take(rows - start) for column in some]
            for one in _run(path, fields, some, begin + rows, first, place):
                if isinstance(one, Rows):
                    yield replace(one, frame=one.frame.select(named))
                else:
                    yield one


def only(batch: "pa.RecordBatch", rows: NDArray[np.int64]) -> "Iterator[pa.RecordBatch]":
    """
    Yield some of the rows of a batch, in order, as runs of it.

    Raises:
        ArrowInvalid: What the columns say of themselves contradicts itself.
    """
    for column in batch.columns:
        _bare(column).validate(full=True)
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else ():
        yield batch.slice(int(run[0]), len(run))


@contextlib.contextmanager
def rewriting(path: str, held: Held) -> Iterator[None]:
    """
    Take what pyarrow raises where a file is written anew.

    Raises:
        NotJudged: It cannot be, as where it is no more what was read.
    """
    try:
        with decoding(path, held):
            yield
    except (Undecodable, Defect) as error:
        expected, hint = "columns that can be written anew", "leave the file, or the column, out"
        raise NotJudged(path, expected, str(error), hint) from None


def _run(  # noqa: PLR0913, PLR0917
    path: str,
    fields: Sequence["pa.Field"],
    columns: Sequence["pa.Array"],
    rows: NDArray[np.int64],
    first: int,
    place: Place,
) -> Iterator[Rows | Defect]:
    frame, wrong = dict[str, pl.Series](), dict[int, str]()
    for field, column in zip(fields, columns, strict=True):
        frame[field.name], bad = _series(field.type, column)
        wrong |= dict.fromkeys(bad, field.name)
    for at in sorted(wrong):
        row = int(rows[at])
        where, key = f"{place(row)}: {wrong[at]}", f"{path}#{first + row}"
        yield Utf8Invalid(path, where, "UTF-8", "other bytes", key)
    whole = pl.DataFrame(frame)
    if wrong:
        sound = np.setdiff1d(np.arange(len(rows)), [*wrong])
        rows, whole = rows[sound], whole[sound]
    if len(rows):
        yield _rows(first + rows, whole, lambda row: place(int(rows[row])))


def counted(  # noqa: PLR0913, PLR0917
    path: str, at: str, first: int, count: int, stored: int, place: Place
) -> Iterator[Rows | Defect]:
    """Yield so many records, of which no column is asked for that is there; of so many bytes."""
    try:
        refuse_many(path, at, count, stored)
    except PageTooLarge as defect:
        yield lost(defect, first, count)
        return
    for begin in range(0, count, MANY):
        rows = np.arange(begin, min(begin + MANY, count))
        nothing = pl.DataFrame({"": np.zeros(len(rows), np.int8)}).drop("")
        yield _rows(first + rows, nothing, _from(place, begin))


def _from(place: Place, begin: int) -> Place:
    return lambda row: place(begin + row)


def _rows(numbers: NDArray[np.int64], frame: pl.DataFrame, place: Place) -> Rows:
    beside = {"separators": np.zeros(len(numbers), np.int64)}  # lines end no record
    return Rows(numbers, frame, place, beside=beside)


def _bare(column: "pa.Array") -> "pa.Array":
    """A column with the bytes of its strings in place of these; nothing of it is looked at."""
    import pyarrow as pa  # noqa: PLC0415

    kinds = {
        pa.string(): pa.binary(),
        pa.large_string(): pa.large_binary(),
        pa.string_view(): pa.binary_view(),
    }
    if isinstance(column, pa.DictionaryArray):
        values = _bare(column.dictionary)
        if values.type == pa.binary_view():  # of which Arrow takes no numbered values
            values.validate(full=True)
            if (size := int(_lengths(values).sum())) > _LARGE:
                msg = f"a dictionary of {size} bytes"
                raise ValueError(msg)
            values = values.cast(pa.large_binary())
        return pa.DictionaryArray.from_arrays(column.indices, values, safe=False)
    if column.type not in kinds:
        return column
    return pa.Array.from_buffers(
        kinds[column.type], len(column), column.buffers(), offset=column.offset
    )


def _lengths(column: "pa.Array") -> NDArray[np.int64]:
    """Bytes of each value, as far as they differ from one to the next."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    if isinstance(column, pa.DictionaryArray):
        of_each = pa.array(_lengths(column.dictionary))
        lengths = compute.fill_null(of_each.take(column.indices), 0)
    elif column.type == pa.binary_view():
        views = np.frombuffer(column.buffers()[1], np.int32).reshape(-1, 4)
        of_each = views[column.offset : column.offset + len(column), 0]
        return np.where(column.is_valid().to_numpy(zero_copy_only=False), of_each, 0)
    elif _is_bytes(column.type):
        lengths = compute.fill_null(compute.binary_length(column), 0)
    else:
        return np.zeros(len(column), np.int64)
    return np.asarray(lengths.to_numpy(zero_copy_only=False), np.int64)


def _series(kind: "pa.DataType", column: "pa.Array") -> tuple[pl.Series, list[int]]:
    """A bare column as polars has it; and which of its strings, null now, are no UTF-8."""
    import pyarrow as pa  # noqa: PLC0415

    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    values = _of_each(kind)
    if column.type == pa.binary_view():
        column = column.cast(pa.large_binary())
    if not _is_string(values):
        try:
            return pl.Series(pl.from_arrow(column if _is_known(values) else _unknown(column))), []
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException):  # an unknown zone, say
            return pl.Series(pl.from_arrow(_unknown(column))), []
    short = column.type == pa.binary()
    target = pa.string() if short else pa.large_string()
    text = pa.Array.from_buffers(target, len(column), column.buffers(), offset=column.offset)
    with contextlib.suppress(pa.ArrowInvalid):
        text.validate(full=True)
        return pl.Series(pl.from_arrow(text)), []
    content = np.frombuffer(column.buffers()[2], np.uint8)
    edges = np.frombuffer(column.buffers()[1], np.int32 if short else np.int64).astype(np.int64)
    edges = edges[column.offset : column.offset + len(column) + 1]
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    wrong = valid & (not_utf8(content, edges[:-1], edges[1:]) >= 0)
    return as_strings(content, edges, valid & ~wrong), np.flatnonzero(wrong).tolist()


def _unknown(column: "pa.Array") -> "pa.Array":
    """
    In place of values of a type that polars has not: bytes, so that they are no text either.

    Equal values are equal bytes; of those that Python has not, all are.
    """
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_timestamp(column.type):  # of a zone that nobody knows
        column = column.view(pa.int64())
    try:
        values = [None if one is None else repr(one).encode() for one in column.to_pylist()]
    except (pa.ArrowException, ValueError, OverflowError, TypeError, LookupError):
        values = [b"" if one else None for one in column.is_valid().to_pylist()]
    return pa.array(values, pa.binary())


def _of_each(kind: "pa.DataType") -> "pa.DataType":
    """The type of a column's values, whether it has them in a dictionary or not."""
    import pyarrow as pa  # noqa: PLC0415

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_string(kind: "pa.DataType") -> bool:
    import pyarrow as pa  # noqa: PLC0415

    return kind in {pa.string(), pa.large_string(), pa.string_view()}


def _is_bytes(kind: "pa.DataType") -> bool:
    import pyarrow as pa  # noqa: PLC0415

    return kind in {pa.binary(), pa.large_binary(), pa.binary_view()}


def _is_known(kind: "pa.DataType") -> bool:
    """Say whether polars takes a type; of some others it would panic."""
    from pyarrow import types  # noqa: PLC0415

    if types.is_struct(kind):
        return all(_is_known(field.type) for field in kind)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _is_known(kind.value_type)
    flat = (
        types.is_null, types.is_boolean, types.is_integer, types.is_floating, types.is_date,
        types.is_time, types.is_timestamp, types.is_duration, types.is_decimal128,
        types.is_fixed_size_binary,
    )  # fmt: skip
    return _is_string(kind) or _is_bytes(kind) or any(is_one(kind) for is_one in flat)


def signature(schema: "pa.Schema") -> Signature:
    """What a schema says that files have in common."""
    return tuple(sorted((field.name, _logical(field.type)) for field in schema))


def _logical(kind: "pa.DataType") -> str:
    from pyarrow import types  # noqa: PLC0415

    kind = _of_each(kind)
    if _is_string(kind):
        return "string"
    if _is_bytes(kind):
        return "binary"
    if types.is_struct(kind):
        return f"struct<{', '.join(f'{one.name}: {_logical(one.type)}' for one in kind)}>"
    if types.is_list(kind) or types.is_large_list(kind):
        return f"list<{_logical(kind.value_type)}>"
    return str(kind)


def drifts(signatures: Mapping[str, Signature]) -> Iterator[Defect]:
    """Name each file with other columns than most have, by its path; first come those of most."""
    if not signatures:
        return
    most = dict(Counter(signatures.values()).most_common(1)[0][0])
    for path, columns in signatures.items():
        here = dict(columns)
        for name in sorted({*most, *here}):
            expected, found = most.get(name, "none"), here.get(name, "none")
            if expected != found and _NULL not in {expected, found}:
                at = f"column {name}"
                yield ShardSchemaDrift(path, at, f"{expected}, as most files have", found)
                break
