"""Folders of binary PGM images, one folder a class."""

import re
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import polars as pl

from datastd.disk import Tree
from datastd.sources import Batch, Defect, Findings, Plan, Shard, Source
from datastd.sources.files import COMMON, odd_entries, strays

_HEADER = re.compile(rb"P5\s+(\d+)\s+(\d+)\s+255\s")


class PgmHeader(Defect):
    """
    A file without the header of an 8-bit binary PGM image.

    Why it matters:
        Its pixels cannot be found.

    Remedy:
        Write the image again.

    Source:
        The netpbm manual, "pgm".
    """

    code, name, unit = "F901", "pgm-header", "samples"


class Pgm(Source):
    """Images ``<split>/<class>/<name>.pgm``; classes are numbered in the order of their names."""

    format: ClassVar[str] = "lookout.pgm"
    columns: ClassVar[tuple[str, ...]] = ("image", "label")
    kinds: ClassVar[tuple[type[Defect], ...]] = (*COMMON, PgmHeader)

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(path.endswith(".pgm") for path in tree.stamps)

    def plan(self) -> Plan:
        findings = Findings()
        data = [path for path in self.tree.stamps if re.fullmatch(r"[^/]+/[^/]+/[^/]+\.pgm", path)]
        findings.defects += odd_entries(self.tree)
        findings.defects += strays(self.tree, data, "<split>/<class>/<name>.pgm")
        # A class of a split is a payload, its files the samples in it.
        folders = {path.rpartition("/")[0]: 0 for path in data}
        for path in data:
            folders[path.rpartition("/")[0]] += 1
        shards = [Shard(f, f.split("/")[0], 0, count) for f, count in folders.items()]
        return Plan(tuple(shards), tuple(findings.defects), len(data))

    def _files(self, folder: str) -> list[str]:
        return [path for path in self.tree.stamps if path.rpartition("/")[0] == folder]

    def read(self, shard: Shard) -> Iterator[Batch | Defect]:
        for number in range(shard.start, shard.stop):
            try:
                yield self.take(shard.path, np.array([number]))
            except Defect as defect:
                yield defect

    def place(self, key: str) -> tuple[str, int]:
        folder = key.rpartition("/")[0]
        return folder, self._files(folder).index(key)

    def take(self, path: str, rows: np.ndarray) -> Batch:
        files = [self._files(path)[row] for row in rows]
        classes = sorted({one.split("/")[1] for one in self.tree.stamps if one.count("/") == 2})
        images = np.stack([self._pixels(file) for file in files])[..., None]
        labels = np.full(len(files), classes.index(path.split("/")[1]))
        return Batch(pl.Series(files), {"image": images, "label": labels})

    def _pixels(self, path: str) -> np.ndarray:
        with self.tree.open(path) as descriptor:
            content = self.tree.read(descriptor, self.tree.stamps[path].size, 0)
        found = _HEADER.match(content)
        if not found or len(content) != found.end() + int(found[1]) * int(found[2]):
            raise PgmHeader(path, "byte 0", "P5, its sizes, 255, and as many pixels", "others")
        return np.frombuffer(content[found.end() :], np.uint8).reshape(int(found[2]), int(found[1]))
