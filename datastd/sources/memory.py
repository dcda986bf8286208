"""Data that lie in a notebook's memory: arrays of images and labels, or a table."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from datastd.disk import Tree
from datastd.errors import UsageError
from datastd.sources import Batch, Column, Defect, Plan, Shard, Source, keys

BATCH = 1 << 14  # rows
_KINDS = "a table, (images, labels), or {split: (images, labels)}"


class Memory(Source):
    """
    Arrays or a table, judged as they are.  A report is made of them, never a certificate.

    Takes a polars, pandas or Arrow table, whose columns are those of a batch and of
    the samples table (``label``, ``split``, measured columns); or images of shape
    (N, H, W) or (N, H, W, C) with labels of shape (N,); or such a pair by split.
    Keys are ``<split>#<row>``, and ``table#<row>`` where no split is known.

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


def _table(data: Any) -> pl.DataFrame:  # noqa: ANN401  -- pandas' or Arrow's
    try:
        return pl.DataFrame(data)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise UsageError("data", "columns that Arrow can hold", str(error)) from None


def _length(columns: Mapping[str, Column]) -> int:
    return len(next(iter(columns.values())))


def _parts(data: object) -> dict[str, dict[str, Column]]:
    """Columns by split of whatever the user handed over."""
    if isinstance(data, tuple) and len(data) == 2:  # noqa: PLR2004
        return {"data": _pair(*data)}
    if isinstance(data, Mapping):
        if not data:
            raise UsageError("data", "at least a split", "none")
        if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in data.values()):  # noqa: PLR2004
            raise UsageError("data", _KINDS, "other values by split")
        return {str(split): _pair(*pair) for split, pair in data.items()}
    if isinstance(data, pl.DataFrame):
        table = data
    elif hasattr(data, "__arrow_c_stream__") or hasattr(data, "__dataframe__"):
        table = _table(data)
    else:
        raise UsageError("data", _KINDS, f"a {type(data).__name__}")
    if not table.width:
        raise UsageError("data", "a table with at least one column", "none")
    return {"table": {name: table[name] for name in table.columns}}


def _pair(images: ArrayLike, labels: ArrayLike) -> dict[str, Column]:
    try:
        pixels, classes = np.asarray(images), np.asarray(labels)
    except ValueError:
        expected = "numbers of shape (N, H, W) or (N, H, W, C)"
        raise UsageError("images, labels", expected, "rows of different lengths") from None
    if pixels.ndim not in {3, 4} or pixels.dtype.kind not in "uif":
        expected = "numbers of shape (N, H, W) or (N, H, W, C)"
        raise UsageError("images", expected, f"{pixels.dtype} of {pixels.shape}")
    if classes.shape != pixels.shape[:1] or classes.dtype.kind not in "ui":
        expected = f"integers of shape {pixels.shape[:1]}"
        raise UsageError("labels", expected, f"{classes.dtype} of {classes.shape}")
    return {
        "image": pixels if pixels.ndim == 4 else pixels[..., None],  # noqa: PLR2004
        "label": classes.astype(np.int64),
    }
