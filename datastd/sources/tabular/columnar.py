"""Formats of columns: files of groups of rows, of which each is decoded by itself."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.sources import Defect, Findings, Plan, Shard
from datastd.sources.encoding import Utf8Invalid
from datastd.sources.files import COMMON, odd_entries, split_named, strays, unreadable
from datastd.sources.serial import RecordTooLong
from datastd.sources.tabular import Rows, Tabular
from datastd.sources.tabular.arrays import (
    Held,
    PageTooLarge,
    ShardSchemaDrift,
    Signature,
    drifts,
    refuse_twice,
)
from datastd.sources.tabular.defects import ColumnDuplicateLabel
from datastd.waiting import cores, each

SHARD = 64 << 20  # bytes of a shard, where groups are smaller


class Groups(NamedTuple):
    """
    The groups of rows of a file.

    Attributes:
        first: The number of the first row of each in the file; and rows of all, shape (N + 1,).
        sizes: Bytes of each, as the format has them; N.
        columns: What each has.
    """

    first: NDArray[np.int64]
    sizes: Sequence[int]
    columns: Signature


class Columnar(Tabular):
    """
    A format of columns.

    A subclass has `data`, `look`, `decoded` and `written`; the rest is the same for all.

    Class attributes:
        named_as: What a file of the format is called, such as ``x.parquet``.
    """

    named_as: ClassVar[str]
    option: ClassVar[str] = "column"
    columns: ClassVar[tuple[str, ...]] = ("text", "separators")
    KINDS: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, *Tabular.KINDS, PageTooLarge, ShardSchemaDrift, ColumnDuplicateLabel,
        RecordTooLong, Utf8Invalid,
    )  # fmt: skip

    def __init__(self, tree: Tree, column: str = "", *, shard: int = SHARD) -> None:
        super().__init__(tree, column)
        self._shard = shard
        self._plan: Plan | None = None
        self.first: dict[str, NDArray[np.int64]] = {}  # of each file, as `Groups` has it

    @abstractmethod
    def data(self, findings: Findings) -> Iterator[str]:
        """Yield the files of the dataset; those that should be there and are not are found."""

    def beside(self) -> Iterator[str]:
        """Yield files that the format knows, and that hold no rows."""
        yield from ()

    @abstractmethod
    def look(self, path: str, held: Held, size: int, findings: Findings) -> Groups:
        """
        Look at what a file of *size* bytes says of itself.

        Raises:
            Defect: Nothing of it can be read.
        """

    @abstractmethod
    def decoded(
        self, shard: Shard, looked: Sequence[str] | None, wanted: Sequence[str] | None
    ) -> Iterator[Rows | Defect]:
        """
        Yield as `rows` does; a record of which another column does not decode is lost, too.

        Args:
            shard: One of the plan's.
            looked: The columns that are decoded, those *wanted* among them; None means all.
            wanted: Those that the rows have; None means all.
        """

    def rows(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        return self.decoded(shard, wanted, wanted)

    def every(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        return self.decoded(shard, None, wanted)

    @property
    def unread(self) -> int:
        """Samples of which it is known after `look` that they are lost, and in no shard."""
        return 0

    @abstractmethod
    def written(self, path: str, rows: NDArray[np.int64]) -> Iterator[bytes]:
        """Yield a file with these rows, in the groups in which they were."""

    def plan(self) -> Plan:
        if self._plan is None:
            findings, shards, signatures = Findings(), list[Shard](), dict[str, Signature]()
            findings.defects += odd_entries(self.tree)
            data = [*self.data(findings)]
            expected = f"a name such as {self.named_as}, or a paper"
            findings.defects += strays(self.tree, [*data, *self.beside()], expected)
            looked = each(self._looked, data, jobs=cores(), stop=self.tree.stop)
            for path, (groups, found) in zip(data, looked, strict=True):
                findings.defects += found
                if groups is not None:
                    self.first[path], signatures[path] = groups.first, groups.columns
                    shards += self._cut(path, groups)
            findings.defects += drifts(signatures)
            tried = len(self.tree.stamps) + len(self.tree.oddities)
            self._plan = Plan(tuple(shards), tuple(findings.defects), tried, self.unread)
        return self._plan

    def _looked(self, path: str) -> tuple[Groups | None, list[Defect]]:
        """What a file holds, if anything of it can be read, and what is wrong with it."""
        findings, size = Findings(), self.tree.stamps[path].size
        with findings:
            try:
                with self.tree.open(path) as descriptor:
                    groups = self.look(path, self.held(path, descriptor), size, findings)
            except OSError as error:
                raise unreadable(path, error) from None
            refuse_twice(path, groups.columns)
            return groups, findings.defects
        return None, findings.defects

    def held(self, path: str, descriptor: int, *stretches: tuple[int, int]) -> Held:
        """A file that `Tree.open` lends; all of it, or some stretches."""
        whole = (0, self.tree.stamps[path].size)
        return Held(partial(self.tree.read, descriptor), *(stretches or (whole,)))

    def _cut(self, path: str, groups: Groups) -> Iterator[Shard]:
        """Yield shards of whole groups."""
        split, start, held = split_named(path), 0, 0
        for size, stop in zip(groups.sizes, groups.first[1:].tolist(), strict=True):
            held += size
            if held >= self._shard and stop > start:
                yield Shard(path, split, start, stop)
                start, held = stop, 0
        if (stop := int(groups.first[-1])) > start:
            yield Shard(path, split, start, stop)

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        for path, rows in kept.items():
            if self.is_whole(path, rows):
                to.take(self.tree, path)
            elif len(rows):
                to.put(path, self.written(path, rows))

    def is_whole(self, path: str, rows: NDArray[np.int64]) -> bool:
        """Say whether these rows are all that a file holds, and nothing of it is wrong."""
        wrong = any(one.path == path and one.loses for one in self.plan().defects)
        return len(rows) == self.first[path][-1] and not wrong
