"""
Inputs that are files: tables by key, which say something of each sample.

A classifier's probabilities (``predictions``) or a network's vectors (``embeddings``) come
as one Parquet file: a column ``key`` of text, which names a sample as reports do, and a
column ``probabilities`` or ``embedding`` of lists of float32 or float64, of one length.
Any other column is left aside.  Arrays without keys (``.npy``) are refused: what belongs
to which sample would be a guess.

Each key stands once and names a sample of the data.  A sample without a row has null in
the column, and a rule that reads it says what follows.  Rows may come in any order, and
are read a row group at a time; in data order each group is read once.  The file is read as
the data are: what its footer says is looked at before a library may believe it.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd import digest
from datastd.disk import Stamp, replacing
from datastd.errors import DataChanged, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from datastd.sources.parquet.groups import Known

COLUMNS: Mapping[str, str] = {"predictions": "probabilities", "embeddings": "embedding"}
"""The inputs that are tables by key, and the column of the samples table that each fills."""

FILES = frozenset({*COLUMNS, "ngrams", "tokenizer"})
"""The inputs that are files, and no datasets."""

IN_FOLDERS: Mapping[str, str] = {"tokenizer": "tokenizer.json"}
"""The inputs that may be named by the folder that they lie in, and how they are called there."""

GROUP = 128 << 20  # bytes that one row group may come to
_ORIGIN = "datastd-predictions/1"  # the key of a file's metadata that says where it comes from
_CACHE = 128 << 20  # bytes of row groups that are kept; the last one always is
_CHUNK = 1 << 20
_SUM = 1e-3  # how far probabilities may be from one together: float16 is let pass

Values: TypeAlias = NDArray[Any]  # (N, width), float32 or float64


class _Group(NamedTuple):
    """One row group as it was read: its keys, and a row of numbers for each."""

    keys: pl.Series
    values: Values


class Given:
    """
    An input that is a file, held open.

    Attributes:
        role: What it is given as.
        path: The file.
        where: Both, as errors name them.

    Class attributes:
        expects: What it has to be.

    Raises:
        UsageError: There is no file.
    """

    expects: str = "a file"

    def __init__(self, role: str, path: Path) -> None:
        if role in IN_FOLDERS and path.is_dir():
            path /= IN_FOLDERS[role]
        self.role, self.path, self.where = role, path, f"--input {role}={path}"
        if not path.is_file():
            found = "a folder" if path.is_dir() else "nothing"
            raise UsageError(self.where, self.expects, found)
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as error:
            found = error.strerror or "an error"
            raise UsageError(self.where, f"{self.expects} that can be read", found) from None
        self._stamp = Stamp.of(os.fstat(self.descriptor))

    @property
    def descriptor(self) -> int:
        """The file, as the system knows it."""
        return self._file.fileno()

    def read(self, length: int, offset: int) -> bytes:
        """Up to so many bytes at an offset."""
        return os.pread(self.descriptor, length, offset)

    @property
    def digest(self) -> str:
        """SHA-256 of the file: what ``sha256sum`` says."""
        total, offset = hashlib.sha256(), 0
        while piece := self.read(_CHUNK, offset):
            total.update(piece)
            offset += len(piece)
        self.compare()
        return total.hexdigest()

    def compare(self) -> None:
        """Raise `DataChanged` if the file, or what lies in its place, is not what was opened."""
        try:
            there = Stamp.of(self.path.stat())
        except OSError:
            there = None
        if not there == self._stamp == Stamp.of(os.fstat(self.descriptor)):
            raise DataChanged(
                self.where, "the file that was opened", "another", "it changed: run again"
            )

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Keyed(Given):
    """
    A table by key.

    Attributes:
        column: The column that it fills.
        rows: Number of its rows.
        width: Numbers in each.

    Raises:
        UsageError: No such table.  Numbers are looked at as they are read.
    """

    def __init__(self, role: str, path: Path) -> None:
        self.column, self.expects = COLUMNS[role], f"a Parquet file of {role} by key"
        super().__init__(role, path)
        self._lock = threading.Lock()
        self._cache: OrderedDict[int, _Group] = OrderedDict()
        try:
            self._refuse_arrays()
            self._known = self._opened()
            self._refuse_schema()
            self.width = self._width()
            self._index()
        except BaseException:
            self.close()
            raise
        self._matched = np.zeros(self.rows, np.bool_)

    def _refuse_arrays(self) -> None:
        if self.path.suffix in {".npy", ".npz"}:
            raise UsageError(
                self.where, self.expects, f"a {self.path.suffix} file",
                f"polars.DataFrame({{'key': keys, {self.column!r}: array}}).write_parquet(…)",
            )  # fmt: skip

    def _opened(self) -> "Known":
        """The file, once its footer was read: the reader is loaded where it is needed."""
        from datastd.sources.parquet.groups import known_file  # noqa: PLC0415
        from datastd.sources.tabular.arrays import Held  # noqa: PLC0415

        size = self._stamp.size
        with self._readable():
            known = known_file(self.path.name, Held(self.read, (0, size)), size)
            if (rows := int(known.first[-1])) != known.footer.rows:
                found = f"{known.footer.rows} rows"
                raise UsageError(self.where, f"{rows} rows, as in its row groups", found)
            return known

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Say of what cannot be read that it is no such file."""
        from datastd.sources import Defect  # noqa: PLC0415
        from datastd.sources.tabular.arrays import Undecodable  # noqa: PLC0415

        try:
            yield
        except (Defect, Undecodable, OSError) as error:
            raise UsageError(self.where, "a Parquet file that can be read", str(error)) from None

    def _refuse_schema(self) -> None:
        import pyarrow as pa  # noqa: PLC0415

        from datastd.sources.tabular.arrays import decoding  # noqa: PLC0415

        with self._readable(), decoding(self.path.name, self._known.held):
            schema = self._known.file.schema_arrow
        for name in ("key", self.column):
            if (times := schema.names.count(name)) != 1:
                found = f"{times} of that name among {', '.join(schema.names[:9])}"
                raise UsageError(self.where, f"one column {name}", found)
        if (kind := schema.field("key").type) not in {pa.string(), pa.large_string()}:
            raise UsageError(f"{self.where}: column key", "text", str(kind))
        if not _is_list_of_floats(kind := schema.field(self.column).type):
            where = f"{self.where}: column {self.column}"
            raise UsageError(where, "lists of float32 or float64", str(kind))
        self._dtype = kind.value_type.to_pandas_dtype()

    def _width(self) -> int:
        """Numbers of each row, as the file's own counts have it."""
        rows, values = int(self._known.first[-1]), self._known.values(self.column)
        if not rows:
            raise UsageError(self.where, "at least one row", "none")
        width, rest = divmod(values, rows)
        if rest or width < 1:
            expected, found = "lists of one length", f"{values} numbers in {rows} rows"
            raise UsageError(f"{self.where}: column {self.column}", expected, found)
        return width

    def _index(self) -> None:
        """Learn which row has which key: by a hash, 16 bytes a row."""
        self._starts = self._known.first
        self.rows = int(self._starts[-1])
        rows = np.diff(self._starts).tolist()
        # float64 as it may be read, and a key of sixteen bytes.
        if (most := max(rows)) * (self.width * 8 + 16) > GROUP:
            fit = max(1, GROUP // (self.width * 8 + 16))
            raise UsageError(
                self.where, f"row groups of at most {fit:,} rows", f"one of {most:,}",
                f"write it with row_group_size={min(fit, 1 << 14)}: one is in memory at a time",
            )  # fmt: skip
        hashes = np.concatenate([_hashes(self._keys(n)) for n in range(len(rows))])
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._order = hashes[order], order
        twice = np.flatnonzero(self._hashes[1:] == self._hashes[:-1])
        if len(twice):
            key = self._key(int(order[twice[0] + 1]))
            raise UsageError(self.where, "each key once", f"{key} more than once")

    def _read(self, group: int, *names: str) -> "pa.Table":
        """These columns of a row group, which are as the file says they are."""
        import pyarrow as pa  # noqa: PLC0415

        from datastd.sources.parquet.groups import Group, batches  # noqa: PLC0415
        from datastd.sources.tabular.arrays import decoding  # noqa: PLC0415

        first, stop = self._starts[group : group + 2].tolist()
        try:
            with self._readable(), decoding(self.path.name, self._known.held):
                schema = self._known.file.schema_arrow
                wanted = pa.schema([schema.field(name) for name in names])
                here = Group(group, first, stop - first)
                some = batches(self._known, here, names) if here.rows else ()
                table = pa.Table.from_batches(some, wanted)
                table.validate(full=True)
                if table.num_rows != here.rows:
                    raise ValueError(f"row group {group}: {table.num_rows} of {here.rows} rows")
        except UsageError:
            self.compare()  # what is no more the file that was opened is not what its footer says
            raise
        return table

    def _keys(self, group: int) -> pl.Series:
        keys = pl.Series(pl.from_arrow(self._read(group, "key")["key"]))
        if keys.null_count():
            raise UsageError(f"{self.where}: column key", "text in every row", "null")
        return keys.cast(pl.String)

    def _key(self, row: int) -> str:
        group = int(np.searchsorted(self._starts, row, side="right")) - 1
        return str(self._keys(group)[row - int(self._starts[group])])

    def of(self, keys: pl.Series) -> pl.Series:
        """
        The numbers of the samples of these *keys*: an Array of `width`, null where no row is.

        Raises:
            UsageError: A number is none, or probabilities are none.
            DataChanged: The file is no longer the one that was opened.
        """
        hashes = _hashes(keys)
        place = np.minimum(np.searchsorted(self._hashes, hashes), self.rows - 1)
        rows = np.where(self._hashes[place] == hashes, self._order[place], -1)
        found = rows >= 0
        values = np.zeros((len(keys), self.width), self._dtype)
        for number in np.unique(np.searchsorted(self._starts, rows[found], side="right") - 1):
            start, stop = self._starts[number : number + 2]
            here = np.flatnonzero((rows >= start) & (rows < stop))
            group = self._group(int(number))
            same = group.keys.gather(rows[here] - start) == keys.gather(here)
            found[here] = same.to_numpy()
            values[here] = group.values[rows[here] - start]
        self._matched[rows[found]] = True
        column = pl.Series(self.column, values)
        return pl.select(
            pl.when(pl.lit(pl.Series(found))).then(column).alias(self.column)
        ).to_series()

    def _group(self, number: int) -> _Group:
        """One row group, read and looked at, or still known."""
        with self._lock:
            if number in self._cache:
                self._cache.move_to_end(number)
                return self._cache[number]
            table = self._read(number, "key", self.column)
            self.compare()
            keys = pl.Series(pl.from_arrow(table["key"])).cast(pl.String)
            group = _Group(keys, self._numbers(table, keys))
            self._cache[number] = group
            while len(self._cache) > 1 and self._held() > _CACHE:
                self._cache.popitem(last=False)
            return group

    def _held(self) -> int:
        return sum(group.values.nbytes for group in self._cache.values())

    def _numbers(self, table: "pa.Table", keys: pl.Series) -> Values:
        """The lists of a row group as one array; refuse what is no list of numbers."""
        lists = pl.Series(pl.from_arrow(table[self.column]))
        fixed = isinstance(lists.dtype, pl.Array)
        if isinstance(lists.dtype, pl.Array) and lists.dtype.size != self.width:
            raise UsageError(self.where, f"lists of {self.width} numbers", str(lists.dtype))
        wrong = lists.is_null() if fixed else lists.list.len().ne_missing(self.width)
        self._refuse(wrong.to_numpy(), keys, f"{self.width} numbers", "null, or another number")
        flat = lists.arr.explode() if fixed else lists.list.explode()
        values: Values = flat.to_numpy().reshape(-1, self.width)  # null comes out as NaN
        self._refuse(~np.isfinite(values).all(axis=1), keys, "finite numbers", "another")
        if self.role == "predictions":
            self._refuse((values < 0).any(axis=1), keys, "probabilities", "one below 0")
            off = np.abs(values.sum(axis=1, dtype=np.float64) - 1) > _SUM
            self._refuse(off, keys, f"probabilities with a sum of 1 ± {_SUM:g}", "another sum")
        return values

    def _refuse(self, wrong: Any, keys: pl.Series, expected: str, found: str) -> None:  # noqa: ANN401
        if wrong.any():
            where = f"{self.where}: {keys[int(np.argmax(wrong))]}"
            raise UsageError(where, expected, found)

    def refuse_strangers(self, lost: int = 0) -> None:
        """
        Refuse rows that are of no sample, once every sample was looked at.

        Args:
            lost: Samples that could not be read: so many rows may be theirs.

        Raises:
            UsageError: There are more: these are the numbers of other data.
        """
        strange = np.flatnonzero(~self._matched)
        if len(strange) > lost:
            found = f"{len(strange)} of others, such as {self._key(int(strange[0]))}"
            raise UsageError(self.where, "keys of samples of the data", found)


def write_predictions(
    place: Path, keys: Iterable[Sequence[str]], values: Values, origin: Mapping[str, Any]
) -> None:
    """
    Write the input ``predictions``.

    Args:
        place: The file, Parquet.
        keys: Those of all samples, a row group at a time.
        values: Probability of each class, (N, classes), in the order of the keys.
        origin: Where they come from; it stands in the file's metadata.
    """
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    width, start = values.shape[1], 0
    kinds = {"key": pa.string(), COLUMNS["predictions"]: pa.list_(pa.float32(), width)}
    said = {_ORIGIN: digest.canonical(origin).decode()}
    schema = pa.schema(kinds.items(), metadata=said)
    with replacing(place) as file, parquet.ParquetWriter(file, schema) as writer:
        for group in keys:
            some = np.ascontiguousarray(values[start : start + len(group)], np.float32)
            lists = pa.FixedSizeListArray.from_arrays(pa.array(some.ravel()), width)
            writer.write_table(pa.table([pa.array(group, pa.string()), lists], schema))
            start += len(group)


def joined(samples: pl.DataFrame, tables: Mapping[str, Keyed]) -> pl.DataFrame:
    """Rows of the samples table with the columns of tables by key."""
    return samples.with_columns(*(one.of(samples.get_column("key")) for one in tables.values()))


def matrix(column: pl.Series) -> Values:
    """A column of lists of one length, none of them null, as an array of shape (N, width)."""
    if isinstance(column.dtype, pl.List):
        column = column.list.to_array(len(column[0]) if len(column) else 1)
    return column.to_numpy()


def _is_list_of_floats(kind: "pa.DataType") -> bool:
    import pyarrow as pa  # noqa: PLC0415

    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(is_one(kind) for is_one in lists) and kind.value_type in {pa.float32(), pa.float64()}


def _hashes(keys: pl.Series) -> NDArray[np.uint64]:
    return keys.hash(0).to_numpy()
