"""Data that lie in a notebook's memory: arrays of images and labels, or a table."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from datastd.disk import Tree
from datastd.errors import UsageError
from datastd.quiet import utf8
from datastd.sources import Batch, Column, Defect, Plan, Shard, Source, keys
from datastd.words import many

BATCH = 1 << 14  # rows
_MOST_CHANNELS = 4  # colour with alpha
_KINDS = "a table, (images, labels), or {split: (images, labels)}"


class Memory(Source):
    """
    Arrays or a table, judged as they are.  A report is made of them, never a certificate.

    Takes a polars, pandas or Arrow table, whose columns are those of a batch and of the
    samples table (``label``, ``split``, measured columns), for a standard that is about such
    columns and not about records (`Table`); or images of shape (N, H, W) or (N, H, W, C) with
    labels of shape (N,); or such a pair by split.  Keys are ``<split>#<row>``, and
    ``table#<row>`` where no split is known.

    Raises:
        UsageError: *data* is none of these, or its parts differ in length.
    """

    format: ClassVar[str] = "memory"
    columns: ClassVar[tuple[str, ...]] = ("image", "label")
    kinds: ClassVar[tuple[type[Defect], ...]] = ()

    def __init__(self, data: object) -> None:
        self._parts = _parts(data)

    @classmethod
    def recognises(cls, tree: Tree) -> bool:  # noqa: ARG003  -- never a folder
        return False

    def plan(self) -> Plan:
        lengths = {name: _length(columns) for name, columns in self._parts.items()}
        shards = [
            Shard(name, name, start, min(start + BATCH, length))
            for name, length in lengths.items()
            for start in range(0, length, BATCH)
        ]
        return Plan(tuple(shards), files=len(lengths))

    def read(self, shard: Shard) -> Iterator[Batch]:
        yield self.take(shard.path, np.arange(shard.start, shard.stop))

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        return Batch(
            keys(path, rows),
            {name: column[rows] for name, column in self._parts[path].items()},
        )

    def stop(self) -> None:
        """Nothing is read that could be stopped."""

    def close(self) -> None:
        """Nothing is held open."""


def _parts(data: object) -> dict[str, dict[str, Column]]:
    """Columns by split of whatever the user handed over."""
    if isinstance(data, tuple) and len(data) == 2:  # noqa: PLR2004
        return {"data": _pair(*data)}
    if isinstance(data, Mapping):
        return _by_split(data)
    if (table := table_of(data)) is not None:
        return {"table": _columns(table)}
    raise UsageError("data", _KINDS, f"a {type(data).__name__}")


def _by_split(pairs: Mapping[Any, Any]) -> dict[str, dict[str, Column]]:
    if not pairs:
        raise UsageError("data", "at least a split", "none")
    for name, pair in pairs.items():
        if not isinstance(name, str) or utf8(name) != name:
            raise UsageError("data", "the names of splits, in Unicode", f"{name!r}")
        if not isinstance(pair, tuple) or len(pair) != 2:  # noqa: PLR2004
            raise UsageError("data", _KINDS, "other values by split")
    parts = {split: _pair(*pair) for split, pair in pairs.items()}
    for split, columns in parts.items():
        if not _length(columns):
            raise UsageError(f"split {split}", "at least one sample", "none")
    return parts


def _columns(table: pl.DataFrame) -> dict[str, Column]:
    if not table.width:
        raise UsageError("data", "a table with at least one column", "none")
    for name, dtype in table.schema.items():
        fits, expected = _COLUMNS.get(name, _PLAIN)
        if not fits(dtype):
            raise UsageError(f"column {name}", expected, str(dtype))
    if "text" in table.columns and (lacking := table.get_column("text").null_count()):
        raise UsageError(
            "column text", "a text in every row", f"{many(lacking, 'row')} without one"
        )
    return {name: table[name] for name in table.columns}


_Expected: TypeAlias = tuple[Callable[[pl.DataType], bool], str]

_OURS: _Expected = (lambda _: False, "another name: this one is datastd's own")
_TEXT: _Expected = (lambda kind: kind == pl.String, "text")
_PLAIN: _Expected = (
    lambda kind: not kind.is_nested() and kind != pl.Object,
    "numbers or text; images go as (images, labels)",
)
_COLUMNS: Mapping[str, _Expected] = {
    "label": (lambda kind: kind.is_integer(), "whole numbers, one for each class"),
    "split": _TEXT, "key": _TEXT, "text": _TEXT, "digest": _OURS, "origin": _OURS,
    "image": (lambda _: False, "another name: images go as (images, labels)"),
}  # fmt: skip
"""What the columns that any rule may read have to be, and how that is said."""


def table_of(data: object) -> pl.DataFrame | None:
    """
    A polars, pandas or Arrow table as polars has it; None for anything else.

    Raises:
        UsageError: It has columns that Arrow cannot hold.
    """
    if isinstance(data, pl.DataFrame):
        return data
    if not (hasattr(data, "__arrow_c_stream__") or hasattr(data, "__dataframe__")):
        return None
    given: Any = data
    try:
        return pl.DataFrame(given)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise UsageError("data", "columns that Arrow can hold", str(error)) from None


def _length(columns: Mapping[str, Column]) -> int:
    return len(next(iter(columns.values())))


def _pair(images: ArrayLike, labels: ArrayLike) -> dict[str, Column]:
    try:
        pixels, classes = np.asarray(images), np.asarray(labels)
    except (ValueError, TypeError, RuntimeError) as error:
        raise UsageError("images, labels", "arrays", str(error)) from None
    channels = pixels.shape[3] if pixels.ndim == 4 else 1  # noqa: PLR2004
    if (
        pixels.ndim not in {3, 4}
        or pixels.dtype.kind not in "uif"
        or not all(pixels.shape[1:])
        or channels > _MOST_CHANNELS
    ):
        expected = f"numbers of shape (N, H, W) or (N, H, W, C), C from 1 to {_MOST_CHANNELS}"
        raise UsageError("images", expected, f"{pixels.dtype} of {pixels.shape}")
    if classes.shape != pixels.shape[:1] or classes.dtype.kind not in "ui":
        expected = f"integers of shape {pixels.shape[:1]}"
        raise UsageError("labels", expected, f"{classes.dtype} of {classes.shape}")
    known = pixels.dtype.newbyteorder("=")
    if known.kind == "f":  # of the widths that kernels are compiled for
        known = np.dtype(np.float32 if known.itemsize <= 4 else np.float64)  # noqa: PLR2004
    native = pixels.astype(known, copy=False)
    return {
        "image": native if native.ndim == 4 else native[..., None],  # noqa: PLR2004
        "label": classes.astype(np.int64),
    }
