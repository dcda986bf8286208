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

    code, name = "F901", "pgm-header"


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
        shards = []
        for path in data:
            with findings:
                self._pixels(path)
                shards.append(Shard(path, path.split("/")[0], 0, 1))
        return Plan(tuple(shards), tuple(findings.defects), len(data) or 1, len(data))

    def read(self, shard: Shard) -> Iterator[Batch]:
        yield self.take(shard.path, np.array([0]))

    def take(self, path: str, rows: np.ndarray) -> Batch:
        classes = sorted({one.split("/")[1] for one in self.tree.stamps if one.count("/") == 2})
        image = np.stack([self._pixels(path)] * len(rows))[..., None]
        label = np.full(len(rows), classes.index(path.split("/")[1]))
        return Batch(pl.Series([path] * len(rows)), {"image": image, "label": label})

    def _pixels(self, path: str) -> np.ndarray:
        with self.tree.open(path) as descriptor:
            content = self.tree.read(descriptor, self.tree.stamps[path].size, 0)
        found = _HEADER.match(content)
        if not found or len(content) != found.end() + int(found[1]) * int(found[2]):
            raise PgmHeader(path, "byte 0", "P5, its sizes, 255, and as many pixels", "others")
        return np.frombuffer(content[found.end() :], np.uint8).reshape(int(found[2]), int(found[1]))
