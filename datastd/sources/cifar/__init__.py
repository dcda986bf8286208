"""CIFAR-10 and CIFAR-100, in the binary version and in the Python version."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.sources import Batch, Defect, Findings, Plan, Shard, Source, keys
from datastd.sources.cifar.batches import (
    PIXELS,
    SIDE,
    Bytewise,
    Labels,
    Pickled,
    Records,
    Rows,
    names_in,
    text_names,
)
from datastd.sources.cifar.defects import (
    BatchMissing,
    BatchTwice,
    DataShape,
    KeysMissing,
    KeysUnusual,
    LabelCount,
    PickleOpcode,
    RecordLength,
)
from datastd.sources.cifar.pickles import write_pickle
from datastd.sources.files import COMMON, StrayFile, is_data, is_paper, odd_entries, strays
from datastd.sources.streams import Bytes

_FILE = re.compile(
    r"(data_batch_(?P<number>[1-9]\d{0,4})|test_batch|(?P<hundred>train|test))(\.bin)?"
)
_NAMES: Mapping[str, tuple[str, ...]] = {
    "batches.meta": ("label_names",), "batches.meta.txt": (),
    "meta": ("fine_label_names", "coarse_label_names"), "fine_label_names.txt": (),
    "coarse_label_names.txt": (),
}  # fmt: skip
_BESIDE = {"readme.html", "file.txt~"}  # what else the archives hold
_FOLDERS = {"cifar-100-binary", "cifar-100-python"}

BINARY = {"cifar-10": ("label",), "cifar-100": ("coarse", "label")}
"""Columns that the first bytes of a record are."""

PYTHON = {
    "cifar-10": {"label": "labels"},
    "cifar-100": {"coarse": "coarse_labels", "label": "fine_labels"},
}
"""Keys of a pickle by column."""

SHARD = 24 << 20  # bytes of pixels in a shard: the unit of work
BATCH = 2 << 20  # bytes of pixels in a batch: they stay in a core's cache
RESIDENT = 1 << 30  # bytes of pixels in the largest file that `take` keeps in memory


@dataclass(slots=True)
class _Set:
    """
    The batches of one of the two datasets that lie in one folder.

    Attributes:
        of: ``cifar-10`` or ``cifar-100``.
        files: Paths by split and number; two, where both versions are there.
    """

    of: str
    files: dict[tuple[str, int], list[str]] = field(default_factory=dict)

    def missing(self, place: str) -> Iterator[BatchMissing]:
        """Name the first training batch that a later one shows to be missing."""
        numbers = {number for split, number in self.files if split == "train"}
        last = max(numbers, default=0)
        if lacks := next((n for n in range(1, last) if n not in numbers), 0):
            path = f"{place}data_batch_{lacks}"
            expected, found = f"batches 1 to {last}, as there is a number {last}", "none"
            yield BatchMissing(path, "", expected, found)

    def twice(self) -> Iterator[BatchTwice]:
        """Name each batch of which there is another version."""
        for first, *more in self.files.values():
            for path in more:
                yield BatchTwice(path, "", "one version of each batch", f"{first} as well")


class Cifar(Source):
    """
    Colour images of 32 by 32 pixels, in the files of CIFAR-10 and of CIFAR-100.

    Reads ``data_batch_<n>.bin`` and ``test_batch.bin``, ``train.bin`` and ``test.bin``,
    and the pickles of the same names without ``.bin``, at the root or in the folders
    that the archives unpack to.  The pickles are read opcode by opcode, and nothing in
    them is imported or run; ciFAIR's are read too.  Yields images of shape
    (N, 32, 32, 3) in uint8, labels as int64, and for CIFAR-100 the label of the
    superclass as ``coarse``; whether a label is allowed is for a rule to say.

    Source:
        Krizhevsky, "Learning multiple layers of features from tiny images", 2009, and
        its page "The CIFAR-10 dataset".
    """

    format: ClassVar[str] = "cifar"
    seeks: ClassVar[bool] = True
    columns: ClassVar[tuple[str, ...]] = ("image", "label", "coarse")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, KeysMissing, DataShape, LabelCount, RecordLength, PickleOpcode, KeysUnusual,
        BatchMissing, BatchTwice,
    )  # fmt: skip

    def __init__(self, tree: Tree, *, shard: int = SHARD, batch: int = BATCH) -> None:
        super().__init__(tree)
        self._shard, self._batch = max(1, shard // PIXELS), max(1, batch // PIXELS)
        self._rows: dict[str, Rows] = {}
        self._resident: dict[str, tuple[Bytewise, Labels]] = {}
        self._plan: Plan | None = None

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        # `train.bin` is a name of other formats too: what lies beside it tells.
        return any(
            one.of == "cifar-10"
            or place.rpartition("/")[0].rpartition("/")[2] in _FOLDERS
            or any(f"{place}{name}" in tree.stamps for name in ("meta", "fine_label_names.txt"))
            for place, one in _sets(tree)
        )

    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = self._look()
        return self._plan

    def _look(self) -> Plan:
        findings, shards, lost = Findings(), [], 0
        sets = _sets(self.tree)
        known = {paths[0] for _, one in sets for paths in one.files.values()}
        names = {f"{place}{name}" for place, _ in sets for name in _NAMES} & {*self.tree.stamps}
        beside = {f"{place}{name}" for place, _ in sets for name in _BESIDE}
        findings.defects += odd_entries(self.tree)
        findings.defects += [
            stray
            for stray in strays(
                self.tree, known | names, "a name such as data_batch_1.bin, or a paper"
            )
            if not (isinstance(stray, StrayFile) and stray.path in beside)
        ]
        self._read_names(sorted(names), findings)
        for place, one in sets:
            findings.defects += [*one.missing(place), *one.twice()]
            for (split, _), (path, *_) in sorted(one.files.items(), key=_in_order):
                with findings:
                    rows = self._open(path, one.of, findings)
                    self._rows[path] = rows
                    lost += rows.seen - rows.length
                    named = f"{_apart(place, one.of, sets)}{split}"
                    for start in range(0, rows.length, self._shard):
                        stop = min(start + self._shard, rows.length)
                        shards.append(Shard(path, named, start, stop))
        tried = len(self.tree.stamps) + len(self.tree.oddities)
        return Plan(tuple(shards), tuple(findings.defects), tried, lost)

    def _read_names(self, paths: list[str], findings: Findings) -> None:
        """Look at the files that name the classes."""
        for path in paths:
            with findings:
                content = Bytes(self.tree, path, gzipped=False)
                if path.endswith(".txt"):
                    text_names(path, content)
                else:
                    names_in(path, content, _NAMES[path.rpartition("/")[2]])

    def _open(self, path: str, of: str, findings: Findings) -> Rows:
        content = Bytes(self.tree, path, gzipped=False)
        if path.endswith(".bin"):
            return Records(path, content, BINARY[of], findings)
        return Pickled(path, content, PYTHON[of], findings)

    def read(self, shard: Shard) -> Iterator[Batch]:
        self.plan()
        rows = self._rows[shard.path]
        for start in range(shard.start, shard.stop, self._batch):
            stop = min(start + self._batch, shard.stop)
            yield _batch(shard.path, np.arange(start, stop), *rows.read(start, stop))

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        self.plan()
        batch = self._rows[path]
        if len(rows) and not 0 <= rows.min() <= rows.max() < batch.length:
            msg = f"{path}: expected rows from 0 to {batch.length - 1}, found {rows}"
            raise IndexError(msg)
        if batch.length * PIXELS > RESIDENT:
            return _batch(path, rows, *batch.take(rows))
        if path not in self._resident:
            self._resident[path] = batch.read(0, batch.length)
        pixels, labels = self._resident[path]
        return _batch(path, rows, pixels[rows], {n: values[rows] for n, values in labels.items()})

    def labels(self, path: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        self.plan()
        return self._rows[path].take(rows)[1]["label"]

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        sets = dict(self._each_set())
        for path, rows in kept.items():
            batch, of = self._rows[path], sets[path]
            if len(rows) == batch.length == batch.seen:
                to.take(self.tree, path)
            elif len(rows) and path.endswith(".bin"):
                to.put(path, _records(*batch.take(rows), BINARY[of]))
            elif len(rows):
                pixels, labels = batch.take(rows)
                named = {key: labels[name].tolist() for name, key in PYTHON[of].items()}
                to.put(path, write_pickle(pixels, named))
        beside = {f"{place}{name}" for place, _ in _sets(self.tree) for name in {*_NAMES} | _BESIDE}
        for path in sorted(beside & {*self.tree.stamps}):
            if not is_paper(path):  # which come along anyway
                to.take(self.tree, path)

    def _each_set(self) -> Iterator[tuple[str, str]]:
        """Each batch that is read, and the dataset that it is of."""
        self.plan()
        for _, one in _sets(self.tree):
            yield from ((paths[0], one.of) for paths in one.files.values())

    def close(self) -> None:
        self._resident.clear()
        super().close()


def _sets(tree: Tree) -> list[tuple[str, _Set]]:
    """The sets of batches by the folder that they lie in, with its slash."""
    found: dict[tuple[str, str], _Set] = {}
    for path in filter(is_data, tree.stamps):
        folder, slash, name = path.rpartition("/")
        if match := _FILE.fullmatch(name):
            of = "cifar-100" if match["hundred"] else "cifar-10"
            split = "train" if match["number"] or match["hundred"] == "train" else "test"
            one = found.setdefault((folder + slash, of), _Set(of))
            one.files.setdefault((split, int(match["number"] or 0)), []).append(path)
    for one in found.values():
        for paths in one.files.values():
            paths.sort(key=lambda path: not path.endswith(".bin"))
    return [(place, one) for (place, _), one in found.items()]


def _apart(place: str, of: str, sets: Sequence[tuple[str, _Set]]) -> str:
    """What tells the splits of one set from those of the others; empty for the only one."""
    if len(sets) == 1:
        return ""
    return f"{place}{of}/" if sum(place == other for other, _ in sets) > 1 else place


def _in_order(item: tuple[tuple[str, int], list[str]]) -> tuple[bool, int]:
    """Training batches by number, then the test batch."""
    (split, number), _ = item
    return split == "test", number


def _batch(path: str, rows: NDArray[np.int64], pixels: Bytewise, labels: Labels) -> Batch:
    """Samples as columns: planes of red, green and blue become pixels of three channels."""
    planes = pixels.reshape(len(rows), 3, SIDE * SIDE)
    images = np.ascontiguousarray(planes.transpose(0, 2, 1))
    return Batch(keys(path, rows), {"image": images.reshape(len(rows), SIDE, SIDE, 3), **labels})


def _records(pixels: Bytewise, labels: Labels, names: Sequence[str]) -> Iterator[bytes]:
    """Records of the binary version: the bytes of the labels, then the pixels."""
    heads = [labels[name].astype(np.uint8)[:, None] for name in names]
    yield np.concatenate([*heads, pixels], axis=1).tobytes()
