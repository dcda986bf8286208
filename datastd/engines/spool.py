"""Rows that are set aside until they are needed: in memory, then on disk."""

import itertools
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

ROWS = 1 << 18  # rows kept in memory; more goes to disk
BUCKETS = 64


@dataclass(slots=True, weakref_slot=True)
class Spool:
    """Tables by name, appended to and read back in the order of the appending."""

    most: int = ROWS
    _held: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _written: dict[str, list[Path]] = field(default_factory=dict)
    _rows: int = 0
    _folder: Path | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def add(self, name: str, rows: pl.DataFrame) -> None:
        """Append *rows* to the table of that name."""
        self._held.setdefault(name, []).append(rows)
        self._rows += rows.height
        if self._rows > self.most:
            self._write()

    def read(self, name: str) -> Iterator[pl.DataFrame]:
        """Yield the table of that name in pieces."""
        for path in self._written.get(name, ()):
            yield pl.read_ipc(path)
        yield from self._held.get(name, ())

    def _write(self) -> None:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="datastd-"))
            # A report keeps its spool for as long as it lives, and nobody closes a report.
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        for name, pieces in self._held.items():
            path = self._folder / f"{next(self._numbers)}.arrow"
            pl.concat(pieces).write_ipc(path)
            self._written.setdefault(name, []).append(path)
        self._held.clear()
        self._rows = 0


@dataclass(slots=True)
class Meeting:
    """
    Brings rows with equal values of a column together.

    Few rows meet in memory; many are divided into buckets on disk by a hash of
    the value, so that one bucket at a time is in memory.
    """

    column: str
    most: int = ROWS
    _held: list[pl.DataFrame] = field(default_factory=list)
    _rows: int = 0
    _buckets: Spool | None = None

    def add(self, rows: pl.DataFrame) -> None:
        """Set *rows* aside."""
        self._held.append(rows)
        self._rows += rows.height
        if self._rows > self.most:
            self._divide()

    def groups(self) -> Iterator[pl.DataFrame]:
        """Yield parts of all rows; equal values are always in one part."""
        if self._buckets is None:
            if self._held:
                yield pl.concat(self._held, how="diagonal")
            return
        self._divide()
        for bucket in range(BUCKETS):
            pieces = list(self._buckets.read(str(bucket)))
            if pieces:
                yield pl.concat(pieces, how="diagonal")

    def _divide(self) -> None:
        if self._buckets is None:
            self._buckets = Spool(self.most)
        if not self._held:
            return
        rows = pl.concat(self._held, how="diagonal")
        bucket = pl.col(self.column).hash(seed=0) % BUCKETS
        for (number,), some in rows.group_by(bucket.alias("bucket")):
            self._buckets.add(str(number), some)
        self._held.clear()
        self._rows = 0
