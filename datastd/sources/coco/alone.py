"""Annotations in COCO's layout whose pictures are elsewhere: no pixel is read."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import UsageError
from datastd.sources import Batch, Column, Defect, Findings, Plan, Shard, keys
from datastd.sources.coco import ALONE, Coco
from datastd.sources.coco.splits import MOST, Split, videos
from datastd.sources.files import strays
from datastd.sources.pictures import SUFFIXES, Listed, Pictures

SHARD = 32 << 20  # bytes of annotations in a shard
_MOST = 1 << 15  # pictures in a shard

_PICTURES = tuple(suffix for of in SUFFIXES.values() for suffix in of)


class CocoAlone(Coco):
    """
    What `Coco` reads, without pictures: samples are those of the lists, by file and number.

    Args:
        tree: The dataset's folder.
        shard: Bytes of annotations in a shard, about.
    """

    isolated: ClassVar[bool] = False

    def __init__(self, tree: Tree, *, shard: int = SHARD) -> None:
        super().__init__(tree)
        self._shard = shard
        self._place: dict[str, tuple[Split, int, int]] = {}

    @classmethod
    def of(cls, tree: Tree, options: Sequence[str] = ()) -> Self:
        if tuple(options) != (ALONE,):
            raise UsageError("--format", f"{cls.format}:{ALONE} alone", ",".join(options))
        return cls(tree)

    @property
    def called(self) -> str:
        return f"{self.format}:{ALONE}"

    @property
    def stated(self) -> frozenset[str]:
        beside = {"image_id", "file_name", "listed_in", "stated_video",
                  "stated_width", "stated_height"}  # fmt: skip
        return frozenset(self.columns) - (frozenset(Pictures.columns) - beside)

    def listing(self, findings: Findings) -> Mapping[str, Listed]:
        raise NotImplementedError

    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = self._look()
        return self._plan

    def _look(self) -> Plan:
        findings, shards = Findings(), list[Shard]()
        files = self._files(findings, alone=True)
        pictures = [path for path in self.tree.stamps if path.lower().endswith(_PICTURES)]
        expected = "a file of annotations, or a paper"
        findings.defects += strays(self.tree, {*files, *pictures}, expected)
        for split in self._splits.values():
            for number, file in enumerate(split.files):
                first, last = np.searchsorted(split.file, [number, number + 1]).tolist()
                self._place[file.path] = split, first, last
                shards += self._shards(file.path, split, first, last)
        tried = len(self.tree.stamps) + len(self.tree.oddities)
        return Plan(tuple(shards), tuple(findings.defects), tried, self.lost)

    def _shards(self, path: str, split: Split, first: int, last: int) -> Iterator[Shard]:
        begin = first
        while begin < last:
            fits = np.searchsorted(split.until, split.until[begin] + self._shard, "right") - 1
            end = min(max(int(fits), begin + 1), begin + _MOST, last)
            yield Shard(path, split.name, begin - first, end - first)
            begin = end

    @property
    def payloads(self) -> frozenset[str]:
        return frozenset()

    def read(self, shard: Shard) -> Iterator[Batch | Defect]:
        self.plan()
        batch, wrong = self._read(shard.path, np.arange(shard.start, shard.stop))
        yield from (wrong[one] for one in sorted(wrong))
        if len(batch):
            yield batch

    def words(self, shard: Shard) -> Iterator[Batch | Defect]:
        return self.read(shard)

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        self.plan()
        _, first, last = self._place[path]
        if len(rows) and not 0 <= rows.min() <= rows.max() < last - first:
            msg = f"{path}: expected rows from 0 to {last - first - 1}, found {rows}"
            raise IndexError(msg)
        batch, wrong = self._read(path, rows)
        for one in sorted(wrong):
            raise wrong[one]
        return batch

    def _read(self, path: str, rows: NDArray[np.int64]) -> tuple[Batch, dict[int, Defect]]:
        """The samples of these numbers, but for those that are wrong; and these, by place."""
        split, first, _ = self._place[path]
        samples = rows + first
        raw, wrong = split.pictures(self.tree, samples)
        hashes = [sha256(one) for one in raw]
        annotations, more = split.annotations(self.tree, samples, MOST, hashes)
        wrong = more | wrong
        sound = np.array([one not in wrong for one in range(len(rows))], np.bool_)
        if wrong:
            number = pl.Series(np.cumsum(sound) - 1)
            annotations = annotations.filter(~pl.col("row").is_in([*wrong]))
            annotations = annotations.with_columns(row=number.gather(annotations.get_column("row")))
        kept = samples[sound]
        columns: dict[str, Column] = {
            "image_id": split.id[kept],
            "file_name": split.called.gather(kept),
            "listed_in": split.listed_in(kept),
            "stated_video": videos(raw).filter(pl.Series(sound)),
            "stated_width": split.width[kept],
            "stated_height": split.height[kept],
            "digest": pl.Series(
                [one.digest() for one, stays in zip(hashes, sound, strict=True) if stays],
                dtype=pl.Binary,
            ),
        }
        return Batch(keys(path, rows[sound]), columns, annotations=annotations), wrong

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        rows: dict[str, list[NDArray[np.int64]]] = {}
        for path, some in kept.items():
            split, first, _ = self._place[path]
            rows.setdefault(split.name, []).append(some + first)
        for name, some_of in rows.items():
            self._splits[name].write(self.tree, np.concatenate(some_of), to)

    def place(self, key: str) -> tuple[str, int]:
        path, _, number = key.rpartition("#")
        return path, int(number)

    def labels(self, path: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        del path, rows
        return np.empty(0, np.int64)
