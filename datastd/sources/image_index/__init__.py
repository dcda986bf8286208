"""Pictures named by an index: a table of files and labels, in CSV, JSON lines or Parquet."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.sources import Defect, Findings
from datastd.sources.files import UNNAMED, is_data, odd_entries, strays
from datastd.sources.jsonl.grammar import BLANK, NO_TEXT, TEXT
from datastd.sources.jsonl.scan import scan
from datastd.sources.pictures import SUFFIXES, Listed, Pictures, order
from datastd.sources.streams import Bytes


def _json_lines(content: io.BytesIO) -> pl.DataFrame:
    """
    A table of JSON lines.

    Raises:
        ValueError: A line is none; polars would crash of some, and guess at others.
    """
    found = scan(content.getvalue(), "").found
    wrong = np.flatnonzero((found != BLANK) & (found != NO_TEXT) & (found != TEXT))
    if len(wrong):
        msg = f"line {wrong[0] + 1} is no JSON object"
        raise ValueError(msg)
    return pl.read_ndjson(content, infer_schema_length=None)


_READERS: Mapping[str, Callable[[io.BytesIO], pl.DataFrame]] = {
    ".csv": lambda content: pl.read_csv(content, infer_schema=False),
    ".tsv": lambda content: pl.read_csv(content, infer_schema=False, separator="\t"),
    ".jsonl": _json_lines,
    ".parquet": pl.read_parquet,
}
_WRITERS: Mapping[str, Callable[[pl.DataFrame, io.BytesIO], None]] = {
    ".csv": lambda rows, out: rows.write_csv(out),
    ".tsv": lambda rows, out: rows.write_csv(out, separator="\t"),
    ".jsonl": lambda rows, out: rows.write_ndjson(out),
    ".parquet": lambda rows, out: rows.write_parquet(out),
}
_PAYLOAD = "data/"  # of a bag, RFC 8493: there an index names what lies beside it
_NAMES = frozenset({"index", "metadata", "labels", "annotations"})
_FILE = ("file_name", "file", "filename", "path", "image")
_LABEL = ("label", "class", "target", "class_name")
_SPLIT = ("split", "subset")
_PICTURES = tuple(suffix for of in SUFFIXES.values() for suffix in of)
_MOST = 1 << 30  # bytes of an index
_SIDE = 1 << 31  # px: more than any picture has


class IndexInvalid(Defect):
    """
    An index that cannot be read as a table, or lacks a column of files or of labels.

    It is ``index``, ``metadata``, ``labels`` or ``annotations`` with the suffix .csv, .tsv,
    .jsonl or .parquet, once, at the root; or in ``data/`` where all data are there, as in a bag,
    and names what is there.  Columns: ``file_name`` (or file, filename, path, image), ``label``
    (class, target, class_name), and as you like ``split`` (subset), ``width`` and ``height`` in
    pixels; others are left aside.

    Why it matters:
        Without it no picture has a label.

    Remedy:
        Write it with a library, and with these columns.

    Source:
        datastd's own definition; ``file_name`` is that of Hugging Face's ImageFolder.
    """

    code, name = "F188", "image-index-invalid"


class IndexRowInvalid(Defect):
    """
    A row of an index whose file is not there, stands in another row, or lies elsewhere.

    Or one whose label is a number below 0, where labels are numbers.

    Why it matters:
        A loader ends at it in the middle of an epoch; one that skips it trains on less
        than was counted.  A file in two rows counts twice, or under two labels.  A label
        of -1 counts from the last class backwards, or ends the process on a GPU.

    Remedy:
        Put the file in its place, below the dataset's folder, or take the row out; leave
        a label empty that is not known.

    Source:
        datastd's law that nothing is dropped silently.
    """

    code, name, unit = "F189", "image-index-row-invalid", "samples"


class ImageIndex(Pictures):
    """
    Pictures with class labels, as a table names them: one row, one file.

    Reads an index as `IndexInvalid` describes it.  Labels that are text are numbered in
    the order of the sorted names, whole numbers from 0 on are taken as they are, and an
    empty one is none.  Samples come in the order of their paths.

    Reads JPEG, PNG and WebP, and with ``--format image-index:tiff,bmp,gif`` those.
    Yields images of shape (H, W, C) as stored, and labels as int64.

    Source:
        datastd's own definition; Hugging Face's ImageFolder with metadata.
    """

    format: ClassVar[str] = "image-index"
    kinds: ClassVar[tuple[type[Defect], ...]] = (*Pictures.kinds, IndexInvalid, IndexRowInvalid)

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        pictures = any(path.lower().endswith(_PICTURES) for path in tree.stamps)
        return pictures and bool([*indices(tree)])

    def listing(self, findings: Findings) -> Mapping[str, Listed]:
        found = [*indices(self.tree)]
        findings.defects += odd_entries(self.tree)
        for path in found[1:]:
            findings.defects.append(IndexInvalid(path, "", "one index", f"{found[0]} as well"))
        listed: dict[str, Listed] = {}
        self._index = found[0]
        with findings:
            table = _table(self.tree, found[0])
            kept = _sound(table, self.tree, self.suffixes, found[0], findings)
            listed = _by_split(kept)
        self.lost = sum(isinstance(one, IndexRowInvalid) for one in findings.defects)
        known = {*found, *(path for one in listed.values() for path in one.paths)}
        findings.defects += strays(self.tree, known, f"a file that {found[0]} names, or a paper")
        return listed

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        super().write(kept, to)
        path = self._index
        files = _table(self.tree, path).get_column("file")
        named = {one for split, rows in kept.items() for one in self.paths_of(split, rows)}
        stays = files.is_in([*named]).fill_null(value=False) & files.is_first_distinct()
        if stays.all():
            to.take(self.tree, path)
        elif stays.any():
            to.put(path, [_left(_content(self.tree, path), _suffix(path), stays)])


def indices(tree: Tree) -> Iterator[str]:
    """Files that are an index by their names: at the root, or where a bag has all that is data."""
    found = [path for path in tree.stamps if _is_index(path.removeprefix(_PAYLOAD))]
    if any(path.startswith(_PAYLOAD) for path in found):
        inside = all(path.startswith(_PAYLOAD) for path in tree.stamps if is_data(path))
        found = [path for path in found if path.startswith(_PAYLOAD) == inside]
    yield from found


def _is_index(name: str) -> bool:
    stem, dot, suffix = name.lower().rpartition(".")
    return stem in _NAMES and f"{dot}{suffix}" in _READERS


def _table(tree: Tree, path: str) -> pl.DataFrame:
    """The index with the columns file, label, split, width and height, all text or null."""
    if tree.stamps[path].size > _MOST:
        raise IndexInvalid(path, "", f"at most {_MOST} bytes", f"{tree.stamps[path].size}")
    content = _content(tree, path)
    try:
        read = _READERS[_suffix(path)](io.BytesIO(content))
        called = {name.lower().strip(): name for name in read.columns}
        columns = {
            "file": _first(path, called, _FILE, "file_name"),
            "label": _first(path, called, _LABEL, "label"),
            "split": next((called[name] for name in _SPLIT if name in called), None),
            "width": called.get("width"),
            "height": called.get("height"),
        }
        named = read.select(
            (pl.col(column).cast(pl.String) if column else pl.lit(None, pl.String)).alias(name)
            for name, column in columns.items()
        )
        folder = path[: path.rindex("/") + 1] if "/" in path else ""
        return named.with_columns(file=pl.lit(folder) + pl.col("file").str.strip_prefix("./"))
    except (
        pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError, OSError,
    ) as error:  # fmt: skip
        found = f"{type(error).__name__}: {str(error)[:100]}"
        raise IndexInvalid(path, "", "a table", found) from None


def _content(tree: Tree, path: str) -> bytes:
    return Bytes(tree, path, gzipped=False).read(0, _MOST)


def _suffix(path: str) -> str:
    return "." + path.lower().rpartition(".")[2]


def _left(content: bytes, suffix: str, stays: pl.Series) -> bytes:
    """The rows of an index that stay, with all their columns, in the form that it has."""
    if suffix == ".jsonl":
        lines = [line for line in content.splitlines(keepends=True) if line.strip()]
        if len(lines) == len(stays):  # as they are: another writer may write numbers anew
            return b"".join(line for line, keep in zip(lines, stays, strict=True) if keep)
    rows, out = _READERS[suffix](io.BytesIO(content)).filter(stays), io.BytesIO()
    _WRITERS[suffix](rows, out)
    return out.getvalue()


def _first(path: str, called: Mapping[str, str], names: Sequence[str], expected: str) -> str:
    for name in names:
        if name in called:
            return called[name]
    raise IndexInvalid(path, "header", f"a column {expected}", ", ".join(called) or "none")


def _sound(
    table: pl.DataFrame, tree: Tree, suffixes: tuple[str, ...], index: str, findings: Findings
) -> pl.DataFrame:
    """Rows whose file is there, once, under a label that can be one; the others become defects."""
    files = table.get_column("file").to_list()
    seen: set[str] = set()
    keep = []
    for number, file in enumerate(files):
        path = file or ""
        if path not in tree.stamps:
            found = f"{path}, which is not there" if path else "no name"
        elif not path.lower().endswith(suffixes):
            found = f"{path}, no picture by its suffix"
        elif path in seen:
            found = f"{path} once more"
        else:
            keep.append(number)
            seen.add(path)
            continue
        expected = "a picture of the dataset, each once"
        findings.defects.append(_row_invalid(index, number, expected, found))
    there = table.with_row_index("number")[keep]
    labels = _numbers(there)
    if labels is None:
        return there
    below = (labels < 0).fill_null(value=False)
    for number, label in there.filter(below).select("number", "label").rows():
        expected = "a label from 0 on, or none"
        findings.defects.append(_row_invalid(index, number, expected, label[:40]))
    return there.filter(~below)


def _row_invalid(index: str, number: int, expected: str, found: str) -> IndexRowInvalid:
    return IndexRowInvalid(index, f"row {number}", expected, found, f"{index}#{number}")


_GIVEN = pl.col("label").str.strip_chars().replace("", None)
_EXACT = 1 << 53  # below it float64 holds every whole number


def _numbers(table: pl.DataFrame) -> pl.Series | None:
    """The labels as whole numbers, if each that is there is one; 1.0 is, as pandas has it."""
    value = _GIVEN.cast(pl.Float64, strict=False)
    whole = (value == value.floor()) & (value.abs() < _EXACT)
    is_number = table.select((_GIVEN.is_null() | whole.fill_null(value=False)).all()).item()
    return table.select(value.cast(pl.Int64)).to_series() if is_number else None


def _by_split(table: pl.DataFrame) -> dict[str, Listed]:
    """The samples of each split, in the order of their paths."""
    labels = _numbers(table)
    if labels is None:
        text = table.select(_GIVEN).to_series()
        names = sorted(set(text.drop_nulls()))
        known = {name: label for label, name in enumerate(names)}
        labels = pl.Series([known.get(name) for name in text], dtype=pl.Int64)
    stated = pl.col("width", "height").replace("", None)
    side = stated.cast(pl.Float64, strict=False)
    is_side = side.is_between(1, _SIDE) & (side == side.floor())
    # A size that is none is stated all the same: it differs from any picture's.
    size = pl.when(stated.is_null()).then(0).when(is_side).then(side).otherwise(_SIDE)
    whole = table.with_columns(size.cast(pl.Int64).name.keep())
    whole = whole.with_columns(
        label=labels, split=pl.col("split").replace("", None).fill_null(UNNAMED)
    )
    found: dict[str, Listed] = {}
    for split in whole.get_column("split").unique(maintain_order=True):
        rows = whole.filter(pl.col("split") == split)
        columns = (rows.get_column(name).to_list() for name in ("file", "label", "width", "height"))
        found[split] = order(Listed(*columns))
    return found
