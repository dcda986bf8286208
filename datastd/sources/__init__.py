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
from hashlib import sha256
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


class Defect(Exception):  # noqa: N818
    """
    Something that could not be read.  Each kind is a subclass with its own code.

    Attributes:
        path: The file, below the dataset's root.
        at: Where in it, such as ``byte 16``; empty means the file as a whole.
        expected: What the format asks for there.
        found: What is there instead.
        key: The sample that is lost by it; the file, where no one sample is.
        samples: How many are lost, where `Source.read` yields it.

    Class attributes:
        code, name, level: As in the catalogue.
        unit: What is counted, and what it is set against: ``files`` or ``samples``.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    level: ClassVar[Level] = Level.ERROR
    unit: ClassVar[str] = "files"

    def __init__(  # noqa: PLR0913, PLR0917  -- positional: it must survive being pickled
        self, path: str, at: str, expected: str, found: str, key: str = "", samples: int = 1
    ) -> None:
        super().__init__(path, at, expected, found, key, samples)
        self.path, self.at, self.expected, self.found = path, at, expected, found
        self.key, self.samples = key or path, samples

    def __str__(self) -> str:
        at = f"{self.at}: " if self.at else ""
        return f"{at}expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class Shard:
    """
    A run of one payload: the unit of work, a plain value that pickles.

    Attributes:
        path: The payload, as `Source.take` takes it: a file, or any other list of
            samples that the source numbers.
        split: The split that the samples belong to.
        start: Where it begins, from 0, counted in `unit`.
        stop: Where it ends: the first that is no more in it.
        unit: ``samples``; or ``bytes``, where only reading tells how many there are.
    """

    path: str
    split: str
    start: int
    stop: int
    unit: str = "samples"

    @property
    def samples(self) -> int | None:
        """Samples in it, readable or not; None where only reading tells."""
        return self.stop - self.start if self.unit == "samples" else None


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
        """SHA-256 of each sample's payload: its shape, and its values."""
        if "image" in self.columns:
            return digest.of_rows(np.asarray(self.columns["image"]))
        names = [name for name in self.columns if name not in {"label", "split"}]
        rows = pl.DataFrame({name: self.columns[name] for name in names})
        return [sha256(repr(row).encode()).digest() for row in rows.rows()]


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What a source found before it reads a sample.

    Attributes:
        shards: All samples that can be tried, in data order.
        defects: What cannot be read.
        files: Number of files that were tried.
        lost: Samples that no shard holds: a byte of them exists, and no more than that.
    """

    shards: tuple[Shard, ...] = ()
    defects: tuple[Defect, ...] = ()
    files: int = 0
    lost: int = 0

    @property
    def samples(self) -> int | None:
        """Samples that the shards hold; None where only reading tells."""
        known = [shard.samples for shard in self.shards]
        return sum(n or 0 for n in known) if None not in known else None

    def __post_init__(self) -> None:
        if self.lost < 0 or (self.lost and not self.defects):
            msg = f"{self.lost} samples lost, and {len(self.defects)} defects that say why"
            raise AssertionError(msg)


class Source(ABC):
    """
    One format's view of a dataset, readable many times with the same result.

    Attributes:
        format: The name of the format, which is the name of its module.
        kinds: Every kind of defect that `plan` and `read` can name.
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
    def read(self, shard: Shard) -> Iterator[Batch | Defect]:
        """Yield the samples of *shard* in order, each once: in a batch, or as its defect."""

    @abstractmethod
    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        """Read the samples numbered *rows* of the payload *path*, in that order."""

    def place(self, key: str) -> tuple[str, int]:
        """Payload and number of a sample, as `take` takes them."""
        path, _, number = key.rpartition("#")
        return path, int(number)

    def take_keys(
        self, wanted: Sequence[str], digests: Sequence[bytes] | None = None
    ) -> list[Batch]:
        """
        Read the samples of these keys again, one batch per payload.

        Raises:
            DataChanged: A sample is not the one with the digest given for it.
        """
        places = [self.place(key) for key in wanted]
        expected = dict(zip(wanted, digests or (), strict=False))
        batches = [
            self.take(path, np.array([number for of, number in places if of == path]))
            for path in dict.fromkeys(path for path, _ in places)
        ]
        for batch in batches if digests else ():
            for key, found in zip(batch.keys, batch.digests(), strict=True):
                if found != expected[key]:
                    raise DataChanged(key, expected[key].hex(), found.hex(), "run the check again")
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
