"""
What sources of encoded pictures share: one file, one sample.

A subclass says which files are samples of which split, and under which label; here
they are read: each file once, hashed and decoded from the same bytes.
"""

import hashlib
import os
import sys
from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Stamp, Tree
from datastd.draft import Draft
from datastd.errors import DataChanged, UsageError
from datastd.sources import Batch, Column, Defect, Findings, Plan, Shard, Source
from datastd.sources.files import COMMON, unreadable
from datastd.sources.pictures.defects import (
    DecompressionBomb,
    StrayPicture,
    TruncatedTail,
    Undecodable,
    UnsupportedExtension,
)

if TYPE_CHECKING:
    from datastd.sources.pictures.decode import Picture

SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg"),
    "PNG": (".png",),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp",),
    "TIFF": (".tif", ".tiff"),
}
"""Encodings by Pillow's name, and the suffixes of their files."""

ALWAYS = ("JPEG", "PNG", "WEBP")
"""Encodings that are read unasked."""

SHARD = 256  # pictures in a shard,
BESIDE = 8 << 20  # or fewer, whose annotations take so many bytes, or one that takes more
BATCH = 32  # pictures in a batch: so many are decoded at once,
ROOM = 32 << 20  # or fewer, once their pixels take so many bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """
    The samples of one split, in data order.

    Attributes:
        paths: The file of each, in the order of the paths' UTF-8 bytes.
        labels: The class of each, from 0; none, where it has none.
        width: The width that an index states, in pixels; 0 where none does.
        height: Likewise.
    """

    paths: Sequence[str]
    labels: Sequence[int | None]
    width: Sequence[int] = ()
    height: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.paths)

    def rows(self, rows: Iterable[int]) -> "Listed":
        """Those samples alone, in that order."""
        wanted = list(rows)
        return Listed(
            [self.paths[row] for row in wanted],
            [self.labels[row] for row in wanted],
            [self.width[row] for row in wanted] if self.width else (),
            [self.height[row] for row in wanted] if self.height else (),
        )


def order(listed: Listed) -> Listed:
    """The samples in the order of their paths' bytes, in which `Pictures.place` finds them."""
    return listed.rows(sorted(range(len(listed)), key=lambda row: listed.paths[row].encode()))


@dataclass(frozen=True, slots=True)
class Beside:
    """
    What is known of pictures beside their files: a plain value that pickles.

    Attributes:
        columns: By name, a value for each picture.
        annotations: As `Batch.annotations` has them; ``row`` numbers the pictures.
        defects: By the number of the picture that is lost by it.
    """

    columns: Mapping[str, Column] = field(default_factory=dict)
    annotations: pl.DataFrame | None = None
    defects: Mapping[int, Defect] = field(default_factory=dict)

    def rows(self, rows: Sequence[int]) -> "Beside":
        """What is known of those pictures alone, in that order, each of which is read."""
        wanted = np.array(rows, np.int64)
        columns = {
            name: [column[row] for row in rows] if isinstance(column, list) else column[wanted]
            for name, column in self.columns.items()
        }
        annotations = None if self.annotations is None else _of_rows(self.annotations, wanted)
        return replace(self, columns=columns, annotations=annotations, defects={})

    def sized(self, width: NDArray[np.int64], height: NDArray[np.int64]) -> "Beside":
        """What is known once the pictures are decoded, in pixels of these; shape (N,) each."""
        del width, height
        return self


def _of_rows(annotations: pl.DataFrame, rows: NDArray[np.int64]) -> pl.DataFrame:
    """The annotations of some samples, which lie together, numbered anew."""
    row = annotations.get_column("row").to_numpy()
    starts = np.searchsorted(row, rows)
    counts = np.searchsorted(row, rows, side="right") - starts
    begins = np.cumsum(counts) - counts
    places = np.repeat(starts - begins, counts) + np.arange(counts.sum())
    number = pl.Series("row", np.repeat(np.arange(len(rows)), counts), pl.Int64)
    return annotations[places].with_columns(number)


@dataclass(frozen=True, slots=True)
class Pile:
    """
    Pictures to read, wherever that is: a plain value that pickles.

    Attributes:
        root: The dataset's folder.
        stamps: Each of the files as it was walked.
        listed: The samples.
        encodings: What may be opened.
        beside: What else is known of them.
    """

    root: Path
    stamps: Mapping[str, Stamp]
    listed: Listed
    encodings: tuple[str, ...]
    beside: Beside = Beside()

    def __len__(self) -> int:
        return len(self.listed)

    def read(self) -> Iterator[Batch | Defect]:
        """Yield each sample once, in order: in a batch, or as its defect."""
        with Tree.of(self.root, dict(self.stamps)) as tree:
            yield from _read(tree, self.listed, self.encodings, self.beside)


def _read(  # noqa: PLR0913, PLR0917
    tree: Tree, listed: Listed, encodings: tuple[str, ...], beside: Beside,
    batch: int = BATCH, room: int = ROOM,
) -> Iterator[Batch | Defect]:  # fmt: skip
    """Read samples a batch at a time; the defects of a batch come before it."""
    rows: list[int] = []
    pictures: list[tuple[str, Picture]] = []
    left = room
    for row, path in enumerate(listed.paths):
        try:
            if row in beside.defects:
                raise beside.defects[row]
            pictures.append(_decoded(tree, path, encodings))
        except Defect as defect:
            yield defect
        else:
            rows.append(row)
            left -= pictures[-1][1].pixels.nbytes
        if rows and (len(rows) == batch or left < 0 or row == len(listed) - 1):
            yield _batch(listed.rows(rows), pictures, beside.rows(rows))
            rows, pictures, left = [], [], room


def _decoded(tree: Tree, path: str, encodings: tuple[str, ...]) -> "tuple[str, Picture]":
    """SHA-256 of a file, and the picture that the same bytes hold."""
    # Loaded by whoever decodes: numba, pyarrow and Pillow take their time.
    from datastd.sources.pictures.decode import FILE, decode  # noqa: PLC0415

    content = bytearray()
    try:
        with tree.open(path) as descriptor:
            size = min(tree.stamps[path].size, FILE + 1)
            while len(content) < size:
                piece = tree.read(descriptor, size - len(content), len(content))
                if not piece:
                    break
                content += piece
    except OSError as error:
        raise unreadable(path, error) from None
    held = bytes(content)
    return hashlib.sha256(held).hexdigest(), decode(path, held, encodings)


def _suffix(path: str) -> str:
    """What a file's name ends with, from its last dot on, in lower case."""
    _, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return f"{dot}{suffix}".lower()


def _batch(listed: Listed, pictures: "Sequence[tuple[str, Picture]]", beside: Beside) -> Batch:
    decoded = [picture for _, picture in pictures]
    height, width = np.array([one.pixels.shape[:2] for one in decoded], np.int64).T
    beside = beside.sized(width, height)
    none = [0] * len(listed)
    return Batch(
        pl.Series("key", listed.paths, pl.String),
        {
            "image": [one.pixels for one in decoded],
            "label": pl.Series("label", listed.labels, pl.Int64),
            "suffix": pl.Series([_suffix(path) for path in listed.paths]),
            "encoding": pl.Series([one.encoding for one in decoded]),
            "stored_mode": pl.Series([one.mode for one in decoded]),
            "animated": np.array([one.animated for one in decoded]),
            "orientation": np.array([one.orientation for one in decoded]),
            "exif_corrupt": np.array([one.exif_corrupt for one in decoded]),
            "foreign_profile": np.array([one.foreign_profile for one in decoded]),
            "tail_bytes": np.array([one.trailing_bytes for one in decoded]),
            "stated_width": np.array(listed.width or none),
            "stated_height": np.array(listed.height or none),
            **beside.columns,
        },
        annotations=beside.annotations,
        hashes={path: found for path, (found, _) in zip(listed.paths, pictures, strict=True)},
    )


class Pictures(Source):
    """
    A dataset of encoded pictures, one file each.

    A subclass has a ``format``, says in `recognises` which folders are its own, lists in
    `listing` the samples of each split, and says in `beside` what else is known of them.

    Args:
        tree: The dataset's folder.
        more: Encodings that are read beside `ALWAYS`, by a suffix such as ``tiff``.

    Raises:
        UsageError: No such encoding.
    """

    isolated: ClassVar[bool] = True
    columns: ClassVar[tuple[str, ...]] = (
        "image", "label", "suffix", "encoding", "stored_mode", "animated", "orientation",
        "exif_corrupt", "foreign_profile", "tail_bytes", "stated_width", "stated_height",
    )  # fmt: skip
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, Undecodable, TruncatedTail, DecompressionBomb, StrayPicture,
        UnsupportedExtension,
    )  # fmt: skip

    def __init__(self, tree: Tree, more: Sequence[str] = ()) -> None:
        super().__init__(tree)
        self._more = more
        known = {suffix[1:]: name for name, of in SUFFIXES.items() for suffix in of}
        for one in more:
            if one.lower() not in known:
                raise UsageError("--format", f"encodings such as {', '.join(known)}", one)
        self.encodings = tuple(dict.fromkeys((*ALWAYS, *(known[one.lower()] for one in more))))
        self.suffixes = tuple(suffix for name in self.encodings for suffix in SUFFIXES[name])
        self.lost = 0  # samples that are named and cannot be listed
        self._listed: dict[str, Listed] = {}
        self._plan: Plan | None = None

    @classmethod
    def of(cls, tree: Tree, options: Sequence[str] = ()) -> Self:
        return cls(tree, options)

    @property
    def called(self) -> str:
        return f"{self.format}:{','.join(self._more)}" if self._more else self.format

    @abstractmethod
    def listing(self, findings: Findings) -> Mapping[str, Listed]:
        """The samples of each split; *findings* takes what is none."""

    def plan(self) -> Plan:
        if self._plan is None:
            findings = Findings()
            self._listed = dict(self.listing(findings))
            shards = tuple(
                Shard(split, split, start, stop)
                for split, listed in self._listed.items()
                for start, stop in self._runs(listed)
            )
            tried = len(self.tree.stamps) + len(self.tree.oddities)
            self._plan = Plan(shards, tuple(findings.defects), tried, self.lost)
        return self._plan

    def _runs(self, listed: Listed) -> Iterator[tuple[int, int]]:
        """Where each shard of a split begins and ends."""
        start = much = 0
        for row, path in enumerate(listed.paths):
            more = self.bytes_beside(path)
            if row > start and (row == start + SHARD or much + more > BESIDE):
                yield start, row
                start, much = row, 0
            much += more
        if listed.paths:
            yield start, len(listed)

    def bytes_beside(self, path: str) -> int:
        """Bytes of what `beside` reads about a picture."""
        del path
        return 0

    @property
    def payloads(self) -> frozenset[str]:
        self.plan()
        return frozenset(path for listed in self._listed.values() for path in listed.paths)

    def beside(self, path: str, rows: Sequence[int]) -> Beside:
        """What else is known of the samples numbered *rows* of a payload, in that order."""
        del path, rows
        return Beside()

    def portion(self, path: str, rows: Iterable[int]) -> Pile:
        self.plan()
        wanted = list(rows)
        listed = self._listed[path].rows(wanted)
        root = Path(os.path.abspath(self.tree.root))  # noqa: PTH100  -- links stay as they are
        stamps = {one: self.tree.stamps[one] for one in listed.paths}
        return Pile(root, stamps, listed, self.encodings, self.beside(path, wanted))

    def undone(self, shard: Shard, found: str) -> Defect:
        path = self._listed[shard.path].paths[shard.start]
        return Undecodable(path, "", "a picture that decodes", found)

    def read(self, shard: Shard) -> Iterator[Batch | Defect]:
        self.plan()
        rows = range(shard.start, shard.stop)
        listed = self._listed[shard.path].rows(rows)
        yield from _read(self.tree, listed, self.encodings, self.beside(shard.path, rows))

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        self.plan()
        wanted = rows.tolist()
        listed, beside = self._listed[path].rows(wanted), self.beside(path, wanted)
        for read in _read(self.tree, listed, self.encodings, beside, len(listed), sys.maxsize):
            if isinstance(read, Defect):
                raise DataChanged(read.path, read.expected, read.found, "run the check again")
            return read
        msg = f"{path}: expected at least one row, found none"
        raise IndexError(msg)

    def labels(self, path: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        self.plan()
        listed = self._listed[path].rows(rows.tolist())
        return np.array([label for label in listed.labels if label is not None], np.int64)

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        for split, rows in kept.items():
            for path in self.paths_of(split, rows):
                to.take(self.tree, path)

    def paths_of(self, split: str, rows: NDArray[np.int64]) -> Sequence[str]:
        """The files of the samples numbered *rows* of a split."""
        return self._listed[split].rows(rows.tolist()).paths

    def place(self, key: str) -> tuple[str, int]:
        self.plan()
        for split, listed in self._listed.items():
            row = bisect_left(listed.paths, key.encode(), key=str.encode)
            if row < len(listed) and listed.paths[row] == key:
                return split, row
        msg = f"{key}: expected the path of a sample"
        raise KeyError(msg)
