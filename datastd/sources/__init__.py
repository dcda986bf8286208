"""
What a source is: one format, its syntax, and no opinions.

A source splits a dataset into *shards*, the unit of work, and reads a shard as
*batches*.  What cannot be read becomes a *defect* that says where, what was
expected and what was found; the rest is still read.  The checker and the trainer
read through the same source, so both see the same samples.

To add a format, write one module with one subclass of `Source`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Self, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd import digest
from datastd.disk import Tree
from datastd.errors import DataChanged
from datastd.model import Level

Array: TypeAlias = NDArray[np.generic]
Column: TypeAlias = Array | pl.Series

CARD = "datacard.toml"

PAPERS = frozenset(
    {CARD, digest.MANIFEST, "bagit.txt", "bag-info.txt"}
    | {f"{name}{end}" for name in ("readme", "license", "licence", "notice",
       "copying", "citation", "attribution", "attributions")
       for end in ("", ".md", ".txt", ".rst", ".cff", ".html")}
)  # fmt: skip
"""Names (lower case) of files that accompany data: hashed, and never samples."""


class Defect(Exception):  # noqa: N818
    """
    Something that could not be read.  Each kind is a subclass with its own code.

    Attributes:
        path: The file, below the dataset's root.
        at: Where in it, such as ``byte 16``; empty means the file as a whole.
        expected: What the format asks for there.
        found: What is there instead.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    level: ClassVar[Level] = Level.ERROR

    def __init__(self, path: str, at: str, expected: str, found: str) -> None:
        super().__init__(path, at, expected, found)
        self.path, self.at, self.expected, self.found = path, at, expected, found

    def __str__(self) -> str:
        at = f"{self.at}: " if self.at else ""
        return f"{at}expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class Shard:
    """
    Samples `start` to `stop` of one payload file: a unit of work that pickles.

    Attributes:
        path: The payload's file, below the root; the first part of each key.
        split: The split that the samples belong to.
        start: Number of the first sample, from 0.
        stop: One more than the number of the last.
    """

    path: str
    split: str
    start: int
    stop: int

    def keys(self) -> pl.Series:
        """The key of each sample: ``<path>#<number>``."""
        return keys(self.path, np.arange(self.start, self.stop))


@dataclass(frozen=True, slots=True)
class Batch:
    """
    Samples as columns of equal length.

    Attributes:
        keys: The key of each sample.
        columns: What was read: ``image`` as one array of shape (N, H, W, C) in
            the element type read, ``label`` as int64 of shape (N,), and so on.
    """

    keys: pl.Series
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.keys)

    def digests(self) -> list[bytes]:
        """SHA-256 of each sample's payload, whose element type and shape count."""
        for name in ("image", "text", "tokens"):
            if name in self.columns:
                return digest.of_rows(np.asarray(self.columns[name]))
        names = [name for name in self.columns if name not in {"label", "split"}]
        rows = pl.DataFrame({name: self.columns[name] for name in names})
        return [digest.of_bytes(repr(row).encode()).encode() for row in rows.rows()]


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What a source found before it reads a sample.

    Attributes:
        shards: The readable samples, in data order.
        defects: What cannot be read.
        files: Number of files that were tried.
        samples: Samples seen, readable or not: those of which a byte exists.
    """

    shards: tuple[Shard, ...] = ()
    defects: tuple[Defect, ...] = ()
    files: int = 0
    samples: int = 0

    @property
    def readable(self) -> int:
        """Samples that the shards hold; the others are defective."""
        return sum(shard.stop - shard.start for shard in self.shards)

    def __post_init__(self) -> None:
        if self.samples < self.readable or (
            self.samples > self.readable and not self.defects
        ):
            msg = f"{self.samples} samples seen, {self.readable} readable, no defect"
            raise AssertionError(msg)


class Source(ABC):
    """
    One format's view of a dataset, readable many times with the same result.

    Attributes:
        format: The name of the format, which is the name of its module.
        kinds: Every kind of defect that `plan` can name.
        columns: What a batch holds, and what the samples table may be asked for.
    """

    format: ClassVar[str]
    kinds: ClassVar[tuple[type[Defect], ...]]
    columns: ClassVar[tuple[str, ...]]

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    @classmethod
    @abstractmethod
    def recognises(cls, tree: Tree) -> bool:
        """Say whether the folder looks like this format."""

    @abstractmethod
    def plan(self) -> Plan:
        """Find the shards; look at every file, and at no sample."""

    @abstractmethod
    def read(self, shard: Shard) -> Iterator[Batch]:
        """Yield the samples of *shard* in order, each exactly once."""

    @abstractmethod
    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        """Read the samples numbered *rows* of the payload file *path*, in that order."""

    def take_keys(
        self, wanted: Sequence[str], digests: Sequence[bytes] | None = None
    ) -> list[Batch]:
        """
        Read the samples of these keys again, one batch per file.

        Raises:
            DataChanged: A sample is not the one with the digest given for it.
        """
        split = [(key, *key.rpartition("#")[::2]) for key in wanted]
        expected = dict(zip(wanted, digests or (), strict=False))
        batches = [
            self.take(path, np.array([int(n) for _, p, n in split if p == path]))
            for path in dict.fromkeys(path for _, path, _ in split)
        ]
        for batch in batches if digests else ():
            for key, found in zip(batch.keys, batch.digests(), strict=True):
                if found != expected[key]:
                    raise DataChanged(
                        key, expected[key].hex(), found.hex(), "run the check again"
                    )
        return batches

    def stop(self) -> None:
        """End what other threads still read: whoever waited for it has gone."""
        self.tree.stop()

    def close(self) -> None:
        """Give back what reading took."""
        self.tree.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def keys(path: str, rows: NDArray[np.int64]) -> pl.Series:
    """Keys of the samples numbered *rows* of the file *path*."""
    return pl.select(pl.lit(f"{path}#") + pl.lit(rows).cast(pl.String)).to_series()


@dataclass(slots=True)
class Findings:
    """Defects gathered while a source goes on with the rest."""

    defects: list[Defect] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, defect: BaseException | None, _: object) -> bool:
        if isinstance(defect, Defect):
            self.defects.append(defect)
            return True
        return False
