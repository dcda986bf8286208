"""
Row groups of a Parquet file, decoded some rows at a time.

How many rows that may be, the headers of their pages say: a dictionary of one long text, and a
million references to it, take a few kilobytes in a file.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from datastd.sources.parquet.pages import (
    BY_DICTIONARY,
    DATA,
    DATA_2,
    DELTA_BYTES,
    DICTIONARY,
    Page,
    pages,
)
from datastd.sources.tabular.arrays import Held, refuse_large, refuse_many

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet as pq

ROOM = 16 << 20  # bytes that the rows which are decoded at once may come to
MOST = 1 << 16  # of these rows
_BUFFER = 1 << 20  # bytes of a column that are read at once
_LITTLE = 1 << 12  # bytes of a dictionary whose longest value nobody has to know
_BESIDE = 16  # bytes that a value in a list takes beside its own


class Group(NamedTuple):
    """A row group, as the footer of its file has it."""

    number: int
    first: int  # the number of its first row in the file
    rows: int


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


def batches(
    path: str, held: Held, file: "pq.ParquetFile", group: Group, names: Sequence[str]
) -> "Iterator[pa.RecordBatch]":
    """
    Yield the rows of a group, with these columns, as many at once as there is room for.

    Raises:
        RecordTooLarge: There is none for one of them.
        ValueError: It is no row group, or has other pages than its footer says.
    """
    leaves = [*_leaves(path, held, file, group, names)]
    stored = sum(leaf.stored for leaf in leaves)
    at = f"row group {group.number}"
    refuse_many(path, at, group.rows, stored)
    refuse_large(path, at, sum(leaf.largest for leaf in leaves), stored)
    of_one = sum(_of_one_row(path, held, file, group, leaf) for leaf in leaves)
    once = int(min(MOST, max(1, ROOM // max(1, of_one))))
    for batch in file.iter_batches(once, [group.number], [*names], use_threads=False):
        yield batch.select([*names])


def _leaves(
    path: str, held: Held, file: "pq.ParquetFile", group: Group, names: Sequence[str]
) -> Iterator[_Leaf]:
    """Yield the columns of values below the columns *names*; none of their pages is too large."""
    footer, schema = file.metadata.row_group(group.number), file.metadata.schema
    for number in range(footer.num_columns):
        chunk, column = footer.column(number), schema.column(number)
        if not any(column.path == name or column.path.startswith(f"{name}.") for name in names):
            continue
        start, size = chunk.data_page_offset, chunk.total_compressed_size
        if chunk.has_dictionary_page and 0 < (first := chunk.dictionary_page_offset) < start:
            start = first
        dictionary, some = None, list[Page]()
        for page in pages(held.at, start, start + size):
            refuse_large(path, f"byte {page.at}", page.size, page.stored)
            if page.kind == DICTIONARY:
                dictionary = page
            elif page.kind in {DATA, DATA_2}:
                some.append(page)
        flat = column.max_repetition_level == 0
        values = sum(page.values for page in some)
        if flat and values != group.rows:
            raise ValueError(f"column {number} with {values} values")
        yield _Leaf(column.path, flat, dictionary, some)


def _of_one_row(path: str, held: Held, file: "pq.ParquetFile", group: Group, leaf: _Leaf) -> float:
    """Bytes that a row of a column comes to: the mean of the page where it is most."""
    longest = _longest(held, file, group, leaf)
    if leaf.flat:
        sizes = (leaf.size(one, longest) / max(1, one.values) for one in leaf.pages)
        return max(sizes, default=0)
    total = 0
    for page in leaf.pages:
        size = leaf.size(page, longest) + _BESIDE * page.values
        refuse_large(path, f"byte {page.at}", size, page.stored)
        total += size
    return total / group.rows


def _longest(held: Held, file: "pq.ParquetFile", group: Group, leaf: _Leaf) -> int:
    """Bytes of the longest value in the dictionary of a column, or more where that is little."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    known = leaf.dictionary
    if known is None or known.size <= _LITTLE:
        return known.size if known else 0
    again = opened(held, file.metadata, [leaf.path])
    first = next(again.iter_batches(1, [group.number], [leaf.path], use_threads=False))
    column = first.column(0)
    while isinstance(column, pa.StructArray | pa.ListArray | pa.LargeListArray):
        column = column.field(0) if isinstance(column, pa.StructArray) else column.values
    if isinstance(column, pa.DictionaryArray) and len(column.dictionary):
        return int(compute.max(compute.binary_length(column.dictionary)).as_py())
    is_flat = pa.types.is_primitive(column.type) or pa.types.is_fixed_size_binary(column.type)
    return column.type.bit_width // 8 if is_flat else known.size
