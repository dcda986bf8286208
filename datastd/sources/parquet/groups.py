"""
Row groups of a Parquet file, decoded some rows at a time.

How many rows that may be, the headers of their pages say: a dictionary of one long text, and a
million references to it, take a few kilobytes in a file.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.sources.parquet.defects import ParquetFooterInvalid
from datastd.sources.parquet.pages import (
    BY_DICTIONARY,
    DATA,
    DATA_2,
    DELTA_BYTES,
    DICTIONARY,
    Footer,
    Numbers,
    Page,
    footer,
    pages,
)
from datastd.sources.tabular.arrays import (
    Held,
    Sink,
    Undecodable,
    decoding,
    only,
    refuse_large,
    refuse_many,
)

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet as pq

MAGIC = b"PAR1"
_TAIL = 8  # bytes: the length of the footer, and the magic number
_FOOTER = 64 << 20  # bytes of a footer
_STRUCT, _FEW = 16, 1 << 16  # bytes that a struct of it takes at least; so many may be smaller
_MANY = 1 << 40  # rows of a file
_BYTES, _ROWS = 2, 3  # fields of a row group, in a footer

ROOM = 16 << 20  # bytes that the rows which are decoded at once may come to
MOST = 1 << 16  # of these rows
_BUFFER = 1 << 20  # bytes of a column that are read at once
_LITTLE = 1 << 12  # bytes of a dictionary whose longest value nobody has to know
_VALUES, _SIZE, _DATA_AT, _DICTIONARY_AT = 5, 7, 9, 11  # fields of a column, in a footer
_CODEC = 4  # another of them, by its number
_CODECS = {1: "SNAPPY", 2: "GZIP", 4: "BROTLI", 5: "LZ4", 6: "ZSTD", 7: "LZ4"}
_HELD = 256 << 20  # bytes of a row group that are held until it is written
_BESIDE = 16  # bytes that a value in a list takes beside its own


class Group(NamedTuple):
    """A row group, as the footer of its file has it."""

    number: int
    first: int  # the number of its first row in the file
    rows: int


class Known(NamedTuple):
    """A file as pyarrow has it, and what its footer says."""

    path: str
    held: Held
    size: int
    footer: Footer
    file: "pq.ParquetFile"

    @property
    def first(self) -> Numbers:
        """The number of the first row of each row group; and rows of all, shape (G + 1,)."""
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(self.footer.groups[:, _ROWS])])

    @property
    def sizes(self) -> Sequence[int]:
        """Bytes of each row group, decompressed."""
        sizes: list[int] = self.footer.groups[:, _BYTES].tolist()
        return sizes

    def values(self, column: str) -> int:
        """Values of all rows in a column of lists, as the footer has it."""
        schema, count = self.file.metadata.schema, self.file.metadata.num_columns
        names = [schema.column(n).path for n in range(count)]
        leaves = (n for n, name in enumerate(names) if name.startswith(f"{column}."))
        return sum(sum(self.footer.chunks[leaf::count, _VALUES].tolist()) for leaf in leaves)

    def chunks(self, group: Group) -> Numbers:
        """What the footer says of the columns of a row group."""
        count = self.file.metadata.num_columns
        return self.footer.chunks[group.number * count :][:count]

    def stored(self, group: Group) -> int:
        """Bytes of a row group in the file."""
        return int(np.clip(self.chunks(group)[:, _SIZE], 0, self.size).sum())


class _Leaf(NamedTuple):
    """A column of values in a row group, as its pages have it."""

    path: str
    flat: bool  # whether a row has one value in it, or null
    dictionary: Page | None
    pages: Sequence[Page]

    @property
    def largest(self) -> int:
        """Bytes of its dictionary and its largest page, which are held while it is decoded."""
        known = self.dictionary.size if self.dictionary else 0
        return known + max((page.size for page in self.pages), default=0)

    @property
    def stored(self) -> int:
        """Bytes of all its pages in the file."""
        known = self.dictionary.stored if self.dictionary else 0
        return known + sum(page.stored for page in self.pages)

    def size(self, page: Page, longest: int) -> int:
        """Bytes that the values of a page may come to, where none in the dictionary is longer."""
        if page.encoding == DELTA_BYTES:
            return page.size * page.values
        if page.encoding in BY_DICTIONARY:
            return longest * page.values
        return page.size


def opened(
    held: Held, metadata: "pq.FileMetaData | None" = None, by_dictionary: Sequence[str] = ()
) -> "pq.ParquetFile":
    """A file as pyarrow has it; some columns, if it is asked, with their dictionaries."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    return parquet.ParquetFile(
        pa.PythonFile(held, mode="r"), metadata=metadata, read_dictionary=[*by_dictionary],
        buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True,
        arrow_extensions_enabled=False,
    )  # fmt: skip


def known_file(path: str, held: Held, size: int) -> Known:
    """
    Open a file.

    Raises:
        ParquetFooterInvalid: It has no footer, or one that takes much more memory than it is
            long, or that cannot be.
    """
    fixed, tail = len(MAGIC) + _TAIL, held.at(max(0, size - _TAIL), _TAIL)
    if size < fixed or not tail.endswith(MAGIC):
        at = f"byte {max(0, size - len(MAGIC))}"
        raise ParquetFooterInvalid(path, at, MAGIC.hex(), tail[-len(MAGIC) :].hex())
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
            rows = said.groups[:, _ROWS].tolist()
            if min(rows, default=0) < 0 or sum(rows) > _MANY:
                expected, found = f"from 0 to {_MANY} rows", f"{min(rows)} to {sum(rows)}"
                raise ParquetFooterInvalid(path, "row groups", expected, found)
            return known
    except Undecodable as error:
        raise ParquetFooterInvalid(path, at, "a footer", str(error)) from None


def batches(known: Known, group: Group, names: Sequence[str]) -> "Iterator[pa.RecordBatch]":
    """
    Yield the rows of a group, with these columns, as many at once as there is room for.

    Raises:
        PageTooLarge: There is none for one of them.
        ValueError: It is no row group, or has other pages than its footer says.
    """
    leaves = [*_leaves(known, group, names)]
    at, stored = f"row group {group.number}", sum(leaf.stored for leaf in leaves)
    refuse_many(known.path, at, group.rows, stored)
    refuse_large(known.path, at, sum(leaf.largest for leaf in leaves), stored)
    of_one = sum(_of_one_row(known, group, leaf) for leaf in leaves)
    once = int(min(MOST, max(1, ROOM // max(1, of_one))))
    for batch in known.file.iter_batches(once, [group.number], [*names], use_threads=False):
        yield batch.select([*names])


def tables(known: Known, group: Group, rows: NDArray[np.int64]) -> "Iterator[pa.Table]":
    """Yield some rows of a group with all their columns: as one table, if there is room."""
    import pyarrow as pa  # noqa: PLC0415

    some, size, done = list[pa.RecordBatch](), 0, 0
    for batch in batches(known, group, known.file.schema_arrow.names) if len(rows) else ():
        first, stop = np.searchsorted(rows, (done, done + batch.num_rows))
        some += only(batch, rows[first:stop] - done)
        done, size = done + batch.num_rows, size + batch.nbytes
        if some and (size > _HELD or stop == len(rows)):
            yield pa.Table.from_batches(some)
            some, size = [], 0
        if stop == len(rows):  # what comes behind may not decode
            return


def writer(known: Known, sink: Sink) -> "pq.ParquetWriter":
    """What writes a file as this one was written: with its schema, metadata and codecs."""
    from pyarrow import parquet  # noqa: PLC0415

    schema, count = known.file.metadata.schema, known.file.metadata.num_columns
    first = known.footer.chunks[:count]
    paths = [schema.column(number).path for number in range(count)]
    metadata = known.file.metadata.metadata or {}
    return parquet.ParquetWriter(
        sink, known.file.schema_arrow, version="2.6",
        compression={
            path: _CODECS.get(int(chunk[_CODEC]), "NONE")
            for path, chunk in zip(paths, first, strict=True)
        },
        use_dictionary=[
            path for path, chunk in zip(paths, first, strict=True) if chunk[_DICTIONARY_AT] > 0
        ],
        store_schema=b"ARROW:schema" in metadata,
    )  # fmt: skip


def _leaves(known: Known, group: Group, names: Sequence[str]) -> Iterator[_Leaf]:
    """Yield the columns of values below the columns *names*; none of their pages is too large."""
    for number, chunk in enumerate(known.chunks(group)):
        column = known.file.metadata.schema.column(number)
        if not any(column.path == name or column.path.startswith(f"{name}.") for name in names):
            continue
        size, start, first = (int(chunk[field]) for field in (_SIZE, _DATA_AT, _DICTIONARY_AT))
        start = first if 0 < first < start else start
        if not 0 < start <= start + size <= known.size:
            msg = f"column {number} outside of the file"
            raise ValueError(msg)
        dictionary, some = None, list[Page]()
        for page in pages(known.held.at, start, start + size):
            refuse_large(known.path, f"byte {page.at}", page.size, page.stored)
            if page.kind == DICTIONARY:
                dictionary = page
            elif page.kind in {DATA, DATA_2}:
                some.append(page)
        flat = column.max_repetition_level == 0
        values = sum(page.values for page in some)
        if flat and values != group.rows:
            msg = f"column {number} with {values} values"
            raise ValueError(msg)
        yield _Leaf(column.path, flat, dictionary, some)


def _of_one_row(known: Known, group: Group, leaf: _Leaf) -> float:
    """Bytes that a row of a column comes to: the mean of the page where it is most."""
    longest = _longest(known, group, leaf)
    if leaf.flat:
        sizes = (leaf.size(one, longest) / max(1, one.values) for one in leaf.pages)
        return max(sizes, default=0)
    total = 0
    for page in leaf.pages:
        size = leaf.size(page, longest) + _BESIDE * page.values
        refuse_large(known.path, f"byte {page.at}", size, page.stored)
        total += size
    return total / group.rows


def _longest(known: Known, group: Group, leaf: _Leaf) -> int:
    """Bytes of the longest value in the dictionary of a column, or more where that is little."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    if leaf.dictionary is None or leaf.dictionary.size <= _LITTLE:
        return leaf.dictionary.size if leaf.dictionary else 0
    again = opened(known.held, known.file.metadata, [leaf.path])
    some = again.iter_batches(1, [group.number], [leaf.path], use_threads=False)
    if (first := next(some, None)) is None:
        return leaf.dictionary.size
    column = first.column(0)
    lists = pa.ListArray | pa.LargeListArray | pa.FixedSizeListArray
    while isinstance(column, pa.StructArray | lists):
        column = column.field(0) if isinstance(column, pa.StructArray) else column.values
    if isinstance(column, pa.DictionaryArray) and len(column.dictionary):
        return int(compute.max(compute.binary_length(column.dictionary)).as_py())
    is_flat = pa.types.is_primitive(column.type) or pa.types.is_fixed_size_binary(column.type)
    return column.type.bit_width // 8 if is_flat else leaf.dictionary.size
