"""
What sources of encoded pictures share: one file, one sample, and masks beside it.

A subclass says which files are samples of which split, and under which label; here
they are read: each file once, hashed and decoded from the same bytes.
"""

import hashlib
import itertools
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
from datastd.sources import Array, Batch, Column, Defect, Findings, Plan, Shard, Source
from datastd.sources.files import COMMON, StrayFile, is_data, unreadable
from datastd.sources.pictures.defects import (
    DecompressionBomb,
    StrayPicture,
    TruncatedTail,
    Undecodable,
    UnsupportedExtension,
)
from datastd.words import choice, meant

if TYPE_CHECKING:
    from datastd.sources.pictures.decode import Encoded, Picture

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

_LISTS = 3  # files that are named as those in which a picture is not
_ANY = frozenset(suffix for of in SUFFIXES.values() for suffix in of)

SHARD = 256  # pictures in a shard,
BESIDE = 8 << 20  # or fewer, whose annotations take so many bytes, or one that takes more
BATCH = 32  # pictures in a batch: so many are decoded at once,
ROOM = 32 << 20  # or fewer, once their pixels take so many bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """
    The samples of one split, in data order.

    Attributes:
        paths: The file of each, in the order of the keys' UTF-8 bytes.
        labels: The class of each, from 0; none, where it has none.
        width: The width that an index states, in pixels; 0 where none does.
        height: Likewise.
        apart: Their keys, where several are one file; else the paths are.
    """

    paths: Sequence[str]
    labels: Sequence[int | None]
    width: Sequence[int] = ()
    height: Sequence[int] = ()
    apart: Sequence[str] = ()

    @property
    def keys(self) -> Sequence[str]:
        """The key of each sample."""
        return self.apart or self.paths

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
            [self.apart[row] for row in wanted] if self.apart else (),
        )


def order(listed: Listed) -> Listed:
    """The samples in the order of their keys' bytes, in which `Pictures.place` finds them."""
    return listed.rows(sorted(range(len(listed)), key=lambda row: listed.keys[row].encode()))


def by_split(splits: Mapping[str, str]) -> dict[str, Listed]:
    """Pictures without a label, of each split that is said of one, by the names of splits."""
    paths: dict[str, list[str]] = {}
    for path, split in splits.items():
        paths.setdefault(split, []).append(path)
    return {split: order(Listed(of, [None] * len(of))) for split, of in sorted(paths.items())}


@dataclass(frozen=True, slots=True)
class Beside:
    """
    What is known of pictures beside their files: a plain value that pickles.

    Attributes:
        columns: By name, a value for each picture.
        annotations: As `Batch.annotations` has them; ``row`` numbers the pictures.
        defects: By the number of the picture that is lost by it.
        masks: By the column that they come to, the file of the mask of each picture; empty
            where it has none.  A sample whose own file is its mask has no picture.
    """

    columns: Mapping[str, Column] = field(default_factory=dict)
    annotations: pl.DataFrame | None = None
    defects: Mapping[int, Defect] = field(default_factory=dict)
    masks: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def rows(self, rows: Sequence[int]) -> "Beside":
        """What is known of those pictures alone, in that order, each of which is read."""
        wanted = np.array(rows, np.int64)
        return replace(
            self,
            columns={
                name: [column[row] for row in rows] if isinstance(column, list) else column[wanted]
                for name, column in self.columns.items()
            },
            annotations=None if self.annotations is None else _of_rows(self.annotations, wanted),
            defects={},
            masks={name: [files[row] for row in rows] for name, files in self.masks.items()},
        )

    def sized(self, width: NDArray[np.int64], height: NDArray[np.int64]) -> "Beside":
        """What is known once the pictures are decoded, in pixels of these; shape (N,) each."""
        del width, height
        return self

    def files(self, row: int) -> dict[str, str]:
        """The files of the masks of one picture, by column."""
        return {name: files[row] for name, files in self.masks.items() if files[row]}


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
    batch: int = BATCH, room: int = ROOM, *, late: bool = False,
) -> Iterator[Batch | Defect]:  # fmt: skip
    """Read samples a batch at a time; the defects of a batch come before it."""
    rows: list[int] = []
    decoded: list[_Decoded] = []
    left = room
    for row in range(len(listed)):
        try:
            if row in beside.defects:
                raise beside.defects[row]
            files = beside.files(row)
            decoded.append(_decoded(tree, listed.paths[row], files, encodings, late=late))
        except Defect as defect:
            yield defect.under(listed.keys[row])
        else:
            rows.append(row)
            left -= sum(one.pixels.nbytes for _, one in decoded[-1].files.values())
        if rows and (len(rows) == batch or left < 0 or row == len(listed) - 1):
            yield _batch(listed.rows(rows), decoded, beside.rows(rows))
            rows, decoded, left = [], [], room


@dataclass(frozen=True, slots=True)
class _Decoded:
    """
    What was read of a sample.

    Attributes:
        files: SHA-256 and picture of each of its files, by the column that it comes to.
        late: Its picture, where somebody else is to decode it: then it is none of them.
    """

    files: "dict[str, tuple[str, Picture[Array]]]"
    late: "Encoded | None"


def _decoded(
    tree: Tree, path: str, masks: Mapping[str, str], encodings: tuple[str, ...], *, late: bool
) -> _Decoded:
    """
    The picture of a sample, which *late* leaves encoded, and its masks.

    Raises:
        Defect: One of its files cannot be decoded.
    """
    # Loaded by whoever decodes: numba, pyarrow and Pillow take their time.
    from datastd.sources.pictures.decode import Encoded, decode, plain  # noqa: PLC0415
    from datastd.sources.pictures.exact import decode_mask  # noqa: PLC0415

    files = {"image": path, **masks} if path not in masks.values() else masks
    found: dict[str, tuple[str, Picture[Array]]] = {}
    kept = None
    for name, file in files.items():
        held = _held(tree, file)
        if name in masks:
            picture = decode_mask(file, held, encodings)
        elif late:
            kept = Encoded(file, held, encodings)
            continue
        else:
            picture = decode(file, held, encodings, plain)
        found[name] = hashlib.sha256(held).hexdigest(), picture
    return _Decoded(found, kept)


def _held(tree: Tree, path: str) -> bytes:
    """A file, or as much of it as says that it is too large."""
    from datastd.sources.pictures.decode import FILE  # noqa: PLC0415

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
    return bytes(content)


def _suffix(path: str) -> str:
    """What a file's name ends with, from its last dot on, in lower case."""
    _, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return f"{dot}{suffix}".lower()


def _batch(listed: Listed, decoded: Sequence[_Decoded], beside: Beside) -> Batch:
    columns: dict[str, Column] = {"label": pl.Series("label", listed.labels, pl.Int64)}
    late = [one.late for one in decoded if one.late]
    if len(late) == len(decoded):
        columns |= {"encoded": np.array(late, object), "suffix": _suffixes(listed)}
        if beside.annotations is not None:
            height, width = np.array([one.shape for one in late], np.int64).T
            beside = beside.sized(width, height)
    elif all("image" in one.files for one in decoded):
        pictures = [one.files["image"][1] for one in decoded]
        columns |= _said(pictures, listed)
        height, width = np.array([one.pixels.shape[:2] for one in pictures], np.int64).T
        beside = beside.sized(width, height)
    none = [0] * len(listed)
    columns |= {
        "stated_width": np.array(listed.width or none),
        "stated_height": np.array(listed.height or none),
        **_masks(decoded, beside),
        **beside.columns,
    }
    files = [("image", path, one) for path, one in zip(listed.paths, decoded, strict=True)]
    files += [
        (name, path, one)
        for name, paths in beside.masks.items() for path, one in zip(paths, decoded, strict=True)
    ]  # fmt: skip
    return Batch(
        pl.Series("key", listed.keys, pl.String),
        columns,
        annotations=beside.annotations,
        hashes={path: one.files[name][0] for name, path, one in files if name in one.files},
    )


def _suffixes(listed: Listed) -> pl.Series:
    return pl.Series([_suffix(path) for path in listed.paths])


def _said(pictures: "Sequence[Picture[Array]]", listed: Listed) -> dict[str, Column]:
    """The pictures, and what each says of itself."""
    every = [one.said for one in pictures]
    said = {name: [one[name] for one in every] for name in every[0]}
    return {
        "image": [one.pixels for one in pictures],
        "suffix": _suffixes(listed),
        **{n: pl.Series(of) if isinstance(of[0], str) else np.array(of) for n, of in said.items()},
    }


def _masks(decoded: Sequence[_Decoded], beside: Beside) -> dict[str, Column]:
    """The masks, and what each says of itself; one that is not there is of no pixel."""
    columns: dict[str, Column] = {}
    for name in beside.masks:
        some = [one.files[name][1] if name in one.files else None for one in decoded]
        columns |= {
            name: [one.pixels if one else np.empty((0, 0), np.uint8) for one in some],
            f"{name}_encoding": pl.Series([one and one.encoding for one in some], dtype=pl.String),
            f"{name}_mode": pl.Series([one and one.mode for one in some], dtype=pl.String),
            f"{name}_palette": [
                np.frombuffer(one.palette if one else b"", np.uint8).reshape(-1, 3) for one in some
            ],
        }
    return columns


class Pictures(Source):
    """
    A dataset of encoded pictures, one file each.

    A subclass has a ``format``, says in `recognises` which folders are its own, lists in
    `listing` the samples of each split, and says in `beside` what else is known of them, and
    in `bytes_beside` how much that is.

    Args:
        tree: The dataset's folder.
        more: Encodings that are read beside `ALWAYS`, by a suffix such as ``tiff``.

    Raises:
        UsageError: No such encoding.
    """

    options: ClassVar[tuple[str, ...]] = ()  # what may be asked for beside encodings
    isolated: ClassVar[bool] = True
    seeks: ClassVar[bool] = True
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
                options = (*self.options, *known)
                expected = f"{self.format} with some of {', '.join(options)} behind a colon"
                raise UsageError("--format", expected, one or "nothing", meant(one, options))
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

    def unasked(self) -> Iterator[Defect]:
        """Name the pictures of encodings that are read when they are asked for, and are not."""
        suffixes = ", ".join(self.suffixes)
        for path in self.tree.stamps:
            suffix = _suffix(path)
            if suffix in _ANY and suffix not in self.suffixes and is_data(path):
                yield UnsupportedExtension(path, "", f"one of {suffixes}", suffix)

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
        beside = self.beside(path, wanted)
        files = itertools.chain(listed.paths, *beside.masks.values())
        stamps = {one: self.tree.stamps[one] for one in files if one}
        return Pile(root, stamps, listed, self.encodings, beside)

    def undone(self, shard: Shard, found: str) -> Defect:
        listed = self._listed[shard.path]
        path, key = listed.paths[shard.start], listed.keys[shard.start]
        return Undecodable(path, "", "a picture that decodes", found, key)

    def read(self, shard: Shard) -> Iterator[Batch | Defect]:
        self.plan()
        rows = range(shard.start, shard.stop)
        listed = self._listed[shard.path].rows(rows)
        yield from _read(self.tree, listed, self.encodings, self.beside(shard.path, rows))

    def words(self, shard: Shard) -> Iterator[Batch | Defect]:
        self.plan()
        rows = range(shard.start, shard.stop)
        said = self.beside(shard.path, rows).annotations
        listed = pl.Series(self._listed[shard.path].rows(rows).keys, dtype=pl.String)
        yield Batch(listed, {}, annotations=said)

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        return self._taken(path, rows, late=False)

    def encoded(self, path: str, rows: NDArray[np.int64]) -> Batch:
        # Each file is compared as it is read; to compare all that are held would take longer.
        return self._taken(path, rows, late=True)

    def _taken(self, path: str, rows: NDArray[np.int64], *, late: bool) -> Batch:
        self.plan()
        wanted = rows.tolist()
        listed, beside = self._listed[path].rows(wanted), self.beside(path, wanted)
        every = len(listed), sys.maxsize
        for read in _read(self.tree, listed, self.encodings, beside, *every, late=late):
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
            row = bisect_left(listed.keys, key.encode(), key=str.encode)
            if row < len(listed) and listed.keys[row] == key:
                return split, row
        msg = f"{key}: expected the path of a sample"
        raise KeyError(msg)


def unlisted(found: Iterable[Defect], lists: Sequence[str]) -> Iterator[Defect]:
    """Say of pictures among stray files in which lists they are not."""
    more = f"{len(lists) - _LISTS + 1} others"
    named = lists if len(lists) <= _LISTS else [*lists[: _LISTS - 1], more]
    for one in found:
        if named and isinstance(one, StrayFile) and one.path.lower().endswith(tuple(_ANY)):
            yield StrayFile(one.path, "", one.expected, f"a picture that is not in {choice(named)}")
        else:
            yield one
