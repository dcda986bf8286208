"""A table in a notebook's memory, of which each row is a record."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np
import polars as pl

from datastd.disk import Tree
from datastd.errors import UsageError
from datastd.records import Document, Record, columns
from datastd.sources import Column, Defect, Plan, Shard
from datastd.sources.tabular import Rows, Tabular

BATCH = 1 << 14  # rows
_SPLIT = "split"


class Table(Tabular):
    """
    Rows of a table, read through the standard's record as those of a file are.

    A column ``split`` says in which split a row is; it is no part of the record, unless the
    record names it.  Keys are ``table#<row>``.

    Raises:
        UsageError: The table has no column, or splits that are not called by a text.
    """

    format: ClassVar[str] = "memory"
    kinds: ClassVar[tuple[type[Defect], ...]] = Tabular.KINDS
    columns: ClassVar[tuple[str, ...]] = ("text", "separators")

    def __init__(self, frame: pl.DataFrame) -> None:  # it has no tree
        if not frame.width:
            raise UsageError("data", "a table with at least one column", "none")
        for name, dtype in frame.schema.items():
            if dtype == pl.Object:
                raise UsageError(f"column {name}", "values that Arrow can hold", str(dtype))
        splits = frame.get_column(_SPLIT) if _SPLIT in frame.columns else pl.Series(dtype=pl.String)
        if not isinstance(splits.dtype, pl.String | pl.Categorical | pl.Enum):
            raise UsageError(f"column {_SPLIT}", "text", str(splits.dtype))
        if nulls := splits.null_count():
            raise UsageError(f"column {_SPLIT}", "a split for every row", f"{nulls} without one")
        self.record: type[Record] = Document
        self.column = ""
        self._frame, self._splits = frame, splits.cast(pl.String)

    @classmethod
    def recognises(cls, tree: Tree) -> bool:  # noqa: ARG003  -- never a folder
        return False

    def plan(self) -> Plan:
        stops = [*range(BATCH, self._frame.height, BATCH), self._frame.height]
        shards = [
            Shard("table", "table", start, stop)
            for start, stop in zip([0, *stops], stops, strict=False)
            if start < stop
        ]
        return Plan(tuple(shards), files=1)

    def rows(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        start, stop = shard.start, shard.stop
        of_record = {self.named(one) for one in columns(self.record)}
        names = [
            name for name in self._frame.columns
            if (wanted is None or name in wanted) and (name != _SPLIT or name in of_record)
        ]  # fmt: skip
        beside: dict[str, Column] = {"separators": np.zeros(stop - start, np.int64)}
        if len(self._splits):
            beside[_SPLIT] = self._splits[start:stop]
        yield Rows(
            np.arange(start, stop), self._frame.select(names)[start:stop],
            lambda row: f"row {start + row}", beside=beside,
        )  # fmt: skip

    def stop(self) -> None:
        """Nothing is read that could be stopped."""

    def close(self) -> None:
        """Nothing is held open."""
