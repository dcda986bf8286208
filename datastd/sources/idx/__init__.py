"""IDX, the format of MNIST and its siblings: a header, then the elements."""

import contextlib
import re
import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.sources import Array, Batch, Defect, Findings, Plan, Shard, Source, keys
from datastd.sources.files import COMMON, is_data, odd_entries, strays
from datastd.sources.idx.defects import (
    DtypeUnknown,
    EndiannessSuspect,
    LengthMismatch,
    MagicNonzeroPrefix,
    NameHeaderDisagree,
    NdimUnexpected,
    PairCountMismatch,
    Unpaired,
)
from datastd.sources.idx.header import NAMES, Header, called, head, read_header
from datastd.sources.streams import Bytes
from datastd.words import many

_NAME = re.compile(
    r"(?P<split>.+)-(?P<what>images|labels)[-.]idx(?P<ndim>\d)-(?P<type>\w+)(?P<gz>\.gz)?"
)
_SET = re.compile(r"(emnist-(byclass|bymerge|balanced|letters|digits|mnist)|qmnist)-")
_SPLITS = {"t10k": "test"}

_HEAD = 128  # bytes that tell an IDX header from what else lies under such names

SHARD = 24 << 20  # bytes of pixels in a shard: the unit of work
BATCH = 2 << 20  # bytes of pixels in a batch: they stay in a core's cache
SAMPLE = 256 << 20  # bytes of the largest sample: it has to fit in memory several times
RESIDENT = 1 << 30  # bytes of pixels that `take` keeps in memory


@dataclass(slots=True)
class _File:
    """One IDX file that could be opened: its content, its header, whole samples."""

    path: str
    content: Bytes
    header: Header
    whole: int
    seen: int

    def rows(self, start: int, stop: int) -> Array:
        """Elements of the samples *start* to *stop*, in the machine's byte order."""
        stride, shape = self.header.stride, self.header.shape[1:]
        raw = self.content.read(self.header.start + start * stride, (stop - start) * stride)
        array = np.frombuffer(raw, self.header.dtype).reshape(stop - start, *shape)
        return array.astype(self.header.dtype.newbyteorder("="), copy=False)

    def take(self, rows: NDArray[np.int64]) -> Array:
        """Elements of the samples numbered *rows*; neighbours are read at once."""
        order = np.argsort(rows, kind="stable")
        wanted = rows[order]
        taken = np.empty((len(rows), *self.header.shape[1:]), self.header.dtype.newbyteorder("="))
        gaps = np.flatnonzero(np.diff(wanted) > 1) + 1
        for start, stop in pairwise([0, *gaps.tolist(), len(rows)] if len(rows) else []):
            first, last = int(wanted[start]), int(wanted[stop - 1])
            taken[order[start:stop]] = self.rows(first, last + 1)[wanted[start:stop] - first]
        return taken


@dataclass(slots=True)
class _Pair:
    """Images and labels of one split, and how many samples they make."""

    split: str
    images: _File
    labels: _File
    length: int


class Idx(Source):
    """
    Images with class labels, as pairs of IDX files such as those of MNIST.

    Reads the names of MNIST, Fashion-MNIST, KMNIST, EMNIST and QMNIST:
    ``<split>-images-idx3-ubyte`` beside ``<split>-labels-idx1-ubyte``, raw or
    ``.gz``, a dot before ``idx`` too.  ``t10k`` is the split ``test``.  Yields
    images of shape (N, H, W, C) in the element type of the file, and labels as
    int64; whether a label is allowed is for a rule to say.

    Source:
        LeCun, Cortes & Burges, "The MNIST database", section "File formats".
    """

    format: ClassVar[str] = "idx"
    seeks: ClassVar[bool] = True
    columns: ClassVar[tuple[str, ...]] = ("image", "label")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, MagicNonzeroPrefix, DtypeUnknown, NdimUnexpected, LengthMismatch,
        EndiannessSuspect, PairCountMismatch, NameHeaderDisagree, Unpaired,
    )  # fmt: skip

    def __init__(self, tree: Tree, *, shard: int = SHARD, batch: int = BATCH) -> None:
        super().__init__(tree)
        self._shard, self._batch = shard, batch
        self._pairs: dict[str, _Pair] = {}
        self._resident: dict[str, tuple[Array, Array]] = {}
        self._plan: Plan | None = None

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return bool(_by_split(tree))

    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = self._look()
        return self._plan

    def _look(self) -> Plan:
        findings, samples = Findings(), 0
        shards: list[Shard] = []
        splits = _by_split(self.tree)
        data = [path for sides in splits.values() for side in sides for path in side]
        findings.defects += odd_entries(self.tree)
        findings.defects += strays(
            self.tree, data, "a name such as train-images-idx3-ubyte, or a paper"
        )
        for split, (images, labels) in splits.items():
            for side, other, what in (
                (images, labels, "images"),
                (labels, images, "labels"),
            ):
                findings.defects += _not_one(split, side, other, what)
            pair = self._open(images, findings), self._open(labels, findings)
            samples += max(file.seen if file else 0 for file in pair)
            shards += self._join(split, *pair, findings)
        tried = len(self.tree.stamps) + len(self.tree.oddities)
        lost = samples - sum(shard.stop - shard.start for shard in shards)
        return Plan(tuple(shards), tuple(findings.defects), tried, lost)

    def _open(self, paths: list[str], findings: Findings) -> _File | None:
        """Open the first file of a side; name what is wrong with it and go on."""
        for path in paths[:1]:
            with findings:
                content = Bytes(self.tree, path, gzipped=path.endswith(".gz"))
                return self._examine(path, content, findings)
        return None

    def _examine(self, path: str, content: Bytes, findings: Findings) -> _File:
        name = _NAME.fullmatch(path.rpartition("/")[2])
        if name is None:  # pragma: no cover  -- `_by_split` chose it by this name
            raise AssertionError(path)
        labels = name["what"] == "labels"
        content.expand(_HEAD)
        if content.trouble and content.size < 4:  # noqa: PLR2004
            raise content.trouble
        header = read_header(path, content.read(0, _HEAD))
        self._check_type(path, header, labels=labels)
        content.expand(header.size)
        present = max(0, content.size - header.start)
        whole = min(header.shape[0], present // header.stride)
        seen = min(header.shape[0], -(-present // header.stride))
        if content.trouble:
            findings.defects.append(content.trouble)
        elif content.size != header.size:
            _length(path, header, content, findings, gzipped=path.endswith(".gz"))
        if whole and header.stride > SAMPLE:
            expected = f"samples of at most {SAMPLE} bytes"
            raise NdimUnexpected(path, "byte 8", expected, f"{header.shape[1:]}")
        stated = f"idx{name['ndim']}-{name['type']}"
        if (int(name["ndim"]), NAMES.get(name["type"])) != (
            len(header.shape), header.dtype.str[1:]
        ):  # fmt: skip
            kind = next(k for k, v in NAMES.items() if v == header.dtype.str[1:])
            findings.defects.append(
                NameHeaderDisagree(
                    path, "byte 2", f"what the name says: {stated}",
                    f"idx{len(header.shape)}-{kind}",
                )
            )  # fmt: skip
        file = _File(path, content, header, whole, seen)
        with findings:
            _byte_order(file)
        return file

    @staticmethod
    def _check_type(path: str, header: Header, *, labels: bool) -> None:
        axes = len(header.shape)
        if labels:
            if header.dtype.kind == "f":
                raise DtypeUnknown(path, "byte 2", "integers for labels", "floats")
            if axes != 1 and not (axes == 2 and header.dtype.itemsize == 4):  # noqa: PLR2004
                raise NdimUnexpected(path, "byte 3", "1 axis for labels", str(axes))
        elif axes not in {3, 4} or (axes == 4 and header.shape[3] not in {1, 3, 4}):  # noqa: PLR2004
            expected = "3 axes for images, or 4 with 1, 3 or 4 channels"
            raise NdimUnexpected(path, "byte 3", expected, f"{axes}: {header.shape}")
        if not all(header.shape):
            expected = "sizes of at least 1"
            raise NdimUnexpected(path, "byte 4", expected, str(header.shape))

    def _join(
        self, split: str, images: _File | None, labels: _File | None, findings: Findings
    ) -> Iterator[Shard]:
        """Pair images with labels; what has no partner is lost and said so."""
        if images is None or labels is None:
            return
        claimed = images.header.shape[0], labels.header.shape[0]
        if claimed[0] != claimed[1]:
            findings.defects.append(
                PairCountMismatch(
                    labels.path, "byte 4", f"{many(claimed[0], 'label')} for {images.path}",
                    str(claimed[1]),
                )
            )  # fmt: skip
        length = min(images.whole, labels.whole)
        self._pairs[images.path] = _Pair(split, images, labels, length)
        step = max(1, self._shard // max(1, images.header.stride))
        for start in range(0, length, step):
            yield Shard(images.path, split, start, min(start + step, length))

    def read(self, shard: Shard) -> Iterator[Batch]:
        self.plan()
        pair = self._pairs[shard.path]
        step = max(1, self._batch // max(1, pair.images.header.stride))
        for start in range(shard.start, shard.stop, step):
            stop = min(start + step, shard.stop)
            rows = np.arange(start, stop)
            yield Batch(
                keys(shard.path, rows),
                {
                    "image": _channels(pair.images.rows(start, stop)),
                    "label": _classes(pair.labels.rows(start, stop)),
                },
            )

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        self.plan()
        pair = self._pairs[path]
        if len(rows) and not 0 <= rows.min() <= rows.max() < pair.length:
            msg = f"{path}: expected rows from 0 to {pair.length - 1}, found {rows}"
            raise IndexError(msg)
        if pair.length * pair.images.header.stride <= RESIDENT:
            images, labels = self._arrays(pair)
            images, labels = images[rows], labels[rows]
        else:
            images, labels = pair.images.take(rows), pair.labels.take(rows)
        return Batch(keys(path, rows), {"image": _channels(images), "label": _classes(labels)})

    def _arrays(self, pair: _Pair) -> tuple[Array, Array]:
        """All images and labels of a pair, read once and kept."""
        path = pair.images.path
        if path not in self._resident:
            self._resident[path] = (
                pair.images.rows(0, pair.length), pair.labels.rows(0, pair.length)
            )  # fmt: skip
        return self._resident[path]

    def labels(self, path: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        self.plan()
        return _classes(self._pairs[path].labels.take(rows))

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        for path, rows in kept.items():
            pair = self._pairs[path]
            for file in (pair.images, pair.labels):
                whole = len(rows) == file.header.shape[0]
                if whole and _named(file) == file.path and _is_exact(file):
                    to.take(self.tree, file.path)
                elif len(rows):
                    to.put(_named(file), _pieces(file, rows))

    def close(self) -> None:
        for pair in self._pairs.values():
            pair.images.content.close()
            pair.labels.content.close()
        self._resident.clear()
        super().close()


def _by_split(tree: Tree) -> dict[str, tuple[list[str], list[str]]]:
    """Paths of images and of labels by split, in the order of their names."""
    found: dict[tuple[str, str, str], tuple[list[str], list[str]]] = {}
    for path in tree.stamps:
        folder, _, name = path.rpartition("/")
        if (match := _NAME.fullmatch(name)) and is_data(path):
            prefix = _SET.match(match["split"])
            of_set = prefix[0] if prefix else ""
            split = match["split"].removeprefix(of_set)
            place = folder, of_set.rstrip("-"), _SPLITS.get(split, split)
            sides = found.setdefault(place, ([], []))
            sides[match["what"] == "labels"].append(path)
    if len({place[:2] for place in found}) == 1:
        return {split: sides for (_, _, split), sides in found.items()}
    return {"/".join(filter(None, place)): sides for place, sides in found.items()}


def _not_one(split: str, side: list[str], other: list[str], what: str) -> Iterator[Unpaired]:
    """Name a side of a split that has no file, or more than one."""
    expected = f"one file with the {what} of split {split}"
    if not side:
        yield Unpaired(other[0], "", f"{expected} beside it", "none")
    for path in side[1:]:
        yield Unpaired(path, "", expected, f"{side[0]} as well")


def _length(
    path: str, header: Header, content: Bytes, findings: Findings, *, gzipped: bool
) -> None:
    """Name a file that is too short or too long, or has its sizes the wrong way round."""
    swapped = tuple(int(n) for n in np.array(header.shape, np.uint32).byteswap())
    if header._replace(shape=swapped).size == content.size:
        raise EndiannessSuspect(
            path, "byte 4", f"big-endian sizes, such as {swapped}", str(header.shape)
        )
    at_least = "at least " if gzipped and content.size > header.size else ""
    findings.defects.append(
        LengthMismatch(
            path, f"byte {min(header.size, content.size)}",
            f"{header.size} bytes for sizes {header.shape}", f"{at_least}{content.size}",
        )
    )  # fmt: skip


def _byte_order(file: _File) -> None:
    """Raise if the first elements are out of all range as stored and small swapped."""
    if file.header.dtype.itemsize == 1 or not file.whole:
        return
    rows = max(
        1,
        min(file.whole, 4096 // max(1, file.header.stride // file.header.dtype.itemsize)),
    )
    stored = file.rows(0, rows).ravel()[:4096]
    with contextlib.suppress(FloatingPointError), np.errstate(all="ignore"):
        swapped = stored.byteswap()
        if stored.dtype.kind == "f":
            wild, tame = _extreme(stored), not _extreme(swapped)
        else:
            limit = 1 << (8 if stored.dtype.itemsize == 2 else 16)  # noqa: PLR2004
            wild = bool((np.abs(stored.astype(np.int64)) >= limit).any())
            tame = bool((np.abs(swapped.astype(np.int64)) < limit).all())
    if wild and tame:
        shown = f"{stored[np.nonzero(stored)[0][0]]}"
        raise EndiannessSuspect(
            file.path, f"byte {file.header.start}",
            f"elements with the most significant byte first ({sys.byteorder}-endian here)",
            f"{shown}, small only when swapped",
        )  # fmt: skip


def _extreme(numbers: Array) -> bool:
    """Say whether most of the numbers that are not 0 are of no human scale."""
    nonzero = numbers[numbers != 0]
    if not len(nonzero):
        return False
    size = np.abs(nonzero.astype(np.float64))
    odd = ~np.isfinite(size) | (size > 1e12) | (size < 1e-12)  # noqa: PLR2004
    return bool(odd.mean() > 0.1)  # noqa: PLR2004


def _named(file: _File) -> str:
    """Name of a file after what is in it: its own, but where that says something else."""
    folder, slash, name = file.path.rpartition("/")
    end = called(file.header.dtype, len(file.header.shape))
    return folder + slash + re.sub(r"idx\d-\w+?(?=(\.gz)?$)", end, name)


def _is_exact(file: _File) -> bool:
    """Whether a file has the length that its header states, and no byte more."""
    return file.content.trouble is None and file.content.size == file.header.size


def _pieces(file: _File, rows: NDArray[np.int64]) -> Iterator[bytes]:
    """A file with the samples numbered *rows* alone, a piece at a time."""
    plain = _plain(file, rows)
    if not file.path.endswith(".gz"):
        yield from plain
        return
    # No time in the header: the same samples give the same bytes.
    packed = zlib.compressobj(wbits=31)
    for piece in plain:
        yield packed.compress(piece)
    yield packed.flush()


def _plain(file: _File, rows: NDArray[np.int64]) -> Iterator[bytes]:
    header = file.header
    yield head(header.dtype, (len(rows), *header.shape[1:]))
    step = max(1, BATCH // header.stride)
    for start in range(0, len(rows), step):
        yield file.take(rows[start : start + step]).astype(header.dtype).tobytes()


def _channels(images: Array) -> Array:
    """Give images (N, H, W) their axis of channels."""
    return images[..., None] if images.ndim == 3 else images  # noqa: PLR2004


def _classes(labels: Array) -> NDArray[np.int64]:
    """Classes as int64: the labels, or the first column of QMNIST's table."""
    return (labels if labels.ndim == 1 else labels[:, 0]).astype(np.int64)
