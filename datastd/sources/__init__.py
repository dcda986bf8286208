"""
What a source is: one format, its syntax, and no opinions.

A source splits a dataset into *shards*, the unit of work, and reads a shard as
*batches*.  What cannot be read becomes a *defect* that says where, what was
expected and what was found; the rest is still read.  The checker and the trainer
read through the same source, so both see the same samples.

To add a format, write one module with one subclass of `Source`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar, Protocol, Self, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd import digest
from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import UsageError
from datastd.model import Level

Array: TypeAlias = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Ragged:
    """
    Sequences of different lengths, as two flat arrays.

    Attributes:
        values: All sequences, one after the other; shape (M,).
        offsets: Where each begins in it, and where the last ends; int64, shape (N + 1,).
    """

    values: NDArray[Any]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> "Ragged":
        """Some of the sequences, in the order asked for; their values are copied."""
        starts, lengths = self.offsets[:-1][rows], np.diff(self.offsets)[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        places = np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])
        return Ragged(self.values[places], offsets)


@dataclass(frozen=True, slots=True)
class Shared:
    """
    Values of which many samples have the same one: a text about which many questions are.

    Attributes:
        values: Each once; shape (M,).
        which: The number of that of each sample; int64, shape (N,).
    """

    values: pl.Series
    which: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.which)

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> "Shared":
        """Those of some of the samples, in the order asked for."""
        return Shared(self.values, self.which[rows])


Column: TypeAlias = Array | pl.Series | list[Array] | Ragged | Shared

CARD = "datacard.toml"

PAYLOADS = frozenset({"image", "instance_mask", "mask", "record", "text"})
"""Columns of a batch that are measured and then dropped, whatever they hold."""


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
        loses: Whether something is not read because of it, whatever its level.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    level: ClassVar[Level] = Level.ERROR
    unit: ClassVar[str] = "files"
    loses: ClassVar[bool] = True

    def __init__(  # noqa: PLR0913, PLR0917  -- positional: it must survive being pickled
        self, path: str, at: str, expected: str, found: str, key: str = "", samples: int = 1
    ) -> None:
        super().__init__(path, at, expected, found, key, samples)
        self.path, self.at, self.expected, self.found = path, at, expected, found
        self.key, self.samples = key or path, samples

    def under(self, key: str) -> Self:
        """The same, where the sample that is lost by it has another key."""
        return type(self)(self.path, self.at, self.expected, self.found, key, self.samples)

    def __str__(self) -> str:
        # It stands behind the key, which is of another file where that beside a sample is bad.
        file = "" if self.key.startswith(self.path) else self.path
        at = "".join(f"{one}: " for one in (file, self.at) if one)
        return f"{at}expected {self.expected}, found {self.found}"

    def costing(self, key: str) -> Self:
        """The same defect, of what is beside a sample: that is lost by it."""
        return type(self)(self.path, self.at, self.expected, self.found, key)


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
        columns: What was read: ``image`` as one array of shape (N, H, W, C), or as a
            list of N arrays (H, W, C), in the element type read, ``mask`` as a list of N
            arrays (H, W), ``tokens`` as `Ragged`, ``label`` as int64 of shape (N,), and so on.
        hashes: SHA-256 of files that were read for it from end to end, by path.
        annotations: One row per annotation, box, mask, span or turn, of the samples; None
            where the format has none, and a frame without rows where there happen to be
            none.  All of a sample are in its batch.  Columns ``row`` (Int64, the number of
            its sample in the batch; those of one sample lie together, in the order of the
            samples), ``annotation`` (String, its id in the sample, without ``@`` or
            ``#``), and its fields: the same names
            and types in every batch.  Lists, structs, binaries and columns named in
            `PAYLOADS` are measured and then dropped.
    """

    keys: pl.Series
    columns: Mapping[str, Column]
    hashes: Mapping[str, str] = field(default_factory=dict)
    annotations: pl.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def pictures(self) -> Array | list[Array]:
        """
        The images, as one array of shape (N, H, W, C) or as a list of N of shape (H, W, C).

        Raises:
            KeyError: The samples have none.
        """
        image = self.columns["image"]
        return image if isinstance(image, list) else np.asarray(image)

    def digests(self) -> list[bytes]:
        """SHA-256 of each sample's payload: its shape, and its values; or what is read as that."""
        known = self.columns.get("digest")
        if isinstance(known, pl.Series):
            return known.to_list()
        image = self.columns.get("image", self.columns.get("mask"))  # a mask is a label of it
        if isinstance(image, list):
            return [value for one in image for value in digest.of_rows(one[None])]
        if image is not None:
            return digest.of_rows(np.asarray(image))
        text = self.columns.get("text", self.columns.get("record"))
        if isinstance(text, pl.Series):
            return [sha256(one.encode()).digest() for one in text]
        tokens = self.columns.get("tokens")
        if isinstance(tokens, Ragged):
            return digest.of_sequences(tokens.values, tokens.offsets)
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


class Portion(Protocol):
    """Samples that another process can read: a plain value that pickles."""

    def __len__(self) -> int: ...

    def read(self) -> Iterator[Batch | Defect]:
        """Yield each sample once, in order: in a batch, or as its defect."""
        ...


class Source(ABC):
    """
    One format's view of a dataset, readable many times with the same result.

    Attributes:
        format: The name of the format, which is the name of its module, with ``-`` for ``_``.
        kinds: Every kind of defect that `plan` and `read` can name.
        columns: What a batch holds, and what the samples table may be asked for.
        annotates: Fields of its annotations that stay: what their table may be asked for.
        lists: What the table of its classes may be asked for beside what each such table has.
        isolated: Whether a decoder that it calls may crash or hang, so that it is read
            in worker processes; it then has `portion` and `undone`.
        seeks: Whether `take` reads samples far apart without what lies between: a trainer then
            permutes all of them, and else streams shards.
    """

    format: ClassVar[str]
    kinds: ClassVar[tuple[type[Defect], ...]]
    columns: ClassVar[tuple[str, ...]]
    annotates: ClassVar[tuple[str, ...]] = ()
    lists: ClassVar[tuple[str, ...]] = ()
    isolated: ClassVar[bool] = False
    seeks: ClassVar[bool] = False

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    @classmethod
    def of(cls, tree: Tree, options: Sequence[str] = ()) -> Self:
        """
        Open a folder with what stands after the format's name, ``image-folder:tiff``.

        Raises:
            UsageError: The format has no such options.
        """
        if options:
            raise UsageError("--format", f"{cls.format} alone", f"{cls.format}:{','.join(options)}")
        return cls(tree)

    @property
    def called(self) -> str:
        """The format with the options that it was opened with: a report names it so."""
        return self.format

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

    def words(self, shard: Shard) -> Iterator[Batch | Defect]:
        """As `read`, for whoever looks at nothing but texts: what has to be decoded is left out."""
        return self.read(shard)

    @abstractmethod
    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        """Read the samples numbered *rows* of the payload *path*, in that order."""

    def classes(self) -> pl.DataFrame | None:
        """
        The table of named classes; None where the format has none.

        One row per split and class, with columns ``key`` (the class's folder, below the
        root), ``origin``, ``split``, ``class_name``, and ``samples`` (files below it that
        may be samples, int64).
        """
        return None

    @property
    def stated(self) -> frozenset[str]:
        """Those of `columns` that the files of this dataset fill: what they say of themselves."""
        return frozenset(self.columns)

    @property
    def payloads(self) -> frozenset[str]:
        """Files that `read` hashes as it reads them, so that nobody else has to."""
        return frozenset()

    def portion(self, path: str, rows: Iterable[int]) -> Portion:
        """
        The samples numbered *rows* of a payload, for another process to read.

        Raises:
            NotImplementedError: The source is not `isolated`.
        """
        raise NotImplementedError

    def undone(self, shard: Shard, found: str) -> Defect:
        """
        The defect of the one sample of *shard*, whose reading ended its process.

        Raises:
            NotImplementedError: The source is not `isolated`.
        """
        raise NotImplementedError

    def place(self, key: str) -> tuple[str, int]:
        """Payload and number of a sample, as `take` takes them."""
        path, _, number = key.rpartition("#")
        return path, int(number)

    def evidence(self, path: str, rows: NDArray[np.int64]) -> Batch:
        """As `take`, for a report to say what is wrong: with ``record``, if they are text."""
        return self.take(path, rows)

    def encoded(self, path: str, rows: NDArray[np.int64]) -> Batch:
        """
        As `take`, for a trainer, that decodes pictures itself: many at once, into its own form.

        In place of ``image``, and of what only decoding tells, a batch has ``encoded``, objects
        of `datastd.sources.pictures.decode.Encoded`, where each picture is a file.

        Raises:
            DataChanged: A file that was read is no longer the one that was walked.
        """
        batch = self.take(path, rows)
        self.tree.compare()
        return batch

    def take_keys(self, wanted: Sequence[str]) -> list[Batch]:
        """Read the samples of these keys again, one batch per payload."""
        return [self.take(path, np.array(rows)) for path, rows in self.places(wanted)]

    def places(self, wanted: Iterable[str]) -> Iterator[tuple[str, list[int]]]:
        """The payloads in which the samples of these keys are, each with their numbers in it."""
        rows: dict[str, list[int]] = {}
        for key in wanted:
            path, row = self.place(key)
            rows.setdefault(path, []).append(row)
        yield from rows.items()

    def labels(self, path: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The labels of samples that have one; none where only reading a sample tells."""
        del path, rows
        return np.empty(0, np.int64)

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        """
        Write the dataset anew, with these samples and no other: what `clean` needs.

        A source that has it reads in *to* what it reads here, less the samples left out.
        Files that say what the samples are, such as lists of labels, are written with
        them; papers are not.  The same samples give the same bytes.

        Args:
            kept: By payload, the numbers of the samples that stay, in data order.
            to: Takes the files.

        Raises:
            NotImplementedError: The source cannot.
        """
        raise NotImplementedError

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

    @property
    def paths(self) -> set[str]:
        """The files that they name."""
        return {one.path for one in self.defects}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, defect: BaseException | None, _: object) -> bool:
        if isinstance(defect, Defect):
            self.defects.append(defect)
            return True
        return False
