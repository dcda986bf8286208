"""Pictures whose decoder does what the file says: ends its process, hangs, or eats memory."""

import ctypes
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import polars as pl

from datastd.disk import Tree
from datastd.errors import DataChanged
from datastd.sources import Batch, Defect, Plan, Shard, Source
from datastd.sources.files import COMMON

SHARD, BATCH = 6, 2


class Hazard(Defect):
    """
    A file that no process survives.

    Why it matters:
        It ends a training.

    Remedy:
        Leave it out.

    Source:
        This package.
    """

    code, name, unit = "F902", "hazard", "samples"


def _decode(path: str, words: str) -> np.ndarray:
    """Do what the file says; a number is a picture."""
    word, _, more = words.partition(" ")
    match word:
        case "crash":
            signal.pthread_kill(threading.get_ident(), signal.SIGSEGV)  # at once
        case "once":  # as if someone from outside had ended the process
            if not Path(more).exists():
                Path(more).touch()
                signal.pthread_kill(threading.get_ident(), signal.SIGKILL)
        case "exit":
            os._exit(0)
        case "hang":
            time.sleep(1000)
        case "hold":  # with Python's lock held
            ctypes.PyDLL(None).sleep(1000)
        case "slow":
            time.sleep(float(more))
        case "eat":
            np.zeros(3 << 30, np.uint8)
        case "changed":
            raise DataChanged(path, "the file that was walked", "another", "run again")
        case "bug":
            raise ZeroDivisionError(path)
        case "bad":
            raise Hazard(path, "", "a picture", "none")
        case "print":
            os.write(2, b"a decoder quotes what it reads")
    number = int(word) if word.isdecimal() else len(path)
    return np.random.default_rng(number).integers(0, 256, (6, 5, 1), np.uint8)


@dataclass(frozen=True, slots=True)
class Portion:
    root: Path
    paths: list[str]

    def __len__(self) -> int:
        return len(self.paths)

    def read(self) -> Iterator[Batch | Defect]:
        for start in range(0, len(self.paths), BATCH):
            keys, images = [], []
            for path in self.paths[start : start + BATCH]:
                try:
                    images.append(_decode(path, (self.root / path).read_text()))
                    keys.append(path)
                except Hazard as defect:
                    yield defect
            if keys:
                labels = pl.Series([0] * len(keys), dtype=pl.Int64)
                yield Batch(pl.Series(keys), {"image": np.stack(images), "label": labels})


class Hazards(Source):
    """Files ``*.haz``, a few in each shard."""

    format: ClassVar[str] = "lookout.hazards"
    columns: ClassVar[tuple[str, ...]] = ("image", "label")
    kinds: ClassVar[tuple[type[Defect], ...]] = (*COMMON, Hazard)
    isolated: ClassVar[bool] = True

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(path.endswith(".haz") for path in tree.stamps)

    def plan(self) -> Plan:
        count = len(self.tree.stamps)
        starts = range(0, count, SHARD)
        shards = [Shard("all", "train", start, min(start + SHARD, count)) for start in starts]
        return Plan(tuple(shards), (), count)

    def portion(self, path: str, rows: range) -> Portion:
        every = [*self.tree.stamps]
        return Portion(Path(self.tree.root).absolute(), [every[row] for row in rows])

    def read(self, shard: Shard) -> Iterator[Batch | Defect]:
        yield from self.portion(shard.path, range(shard.start, shard.stop)).read()

    def take(self, path: str, rows: np.ndarray) -> Batch:
        raise NotImplementedError

    def undone(self, shard: Shard, found: str) -> Defect:
        return Hazard([*self.tree.stamps][shard.start], "", "a picture", found)
