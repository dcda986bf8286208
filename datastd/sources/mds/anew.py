"""A shard written anew, with some of its samples."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datastd.digest import CHECKED
from datastd.disk import Tree
from datastd.draft import Draft
from datastd.sources.mds.shard import MdsShard
from datastd.sources.streams import Forward, codec_of, compressed

_PIECE = 1 << 20  # bytes that are copied at once


class _Summed:
    """Pieces on their way, counted and hashed."""

    def __init__(self, pieces: Iterable[bytes], names: Iterable[str]) -> None:
        self._pieces = pieces
        self._hashes = {name: hashlib.new(name) for name in names if name in CHECKED}
        self._size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._size += len(piece)
            for one in self._hashes.values():
                one.update(piece)
            yield piece

    def about(self, said: dict[str, Any]) -> dict[str, Any]:
        """What an index says of what passed."""
        hashes = {name: one.hexdigest() for name, one in self._hashes.items()}
        return {**said, "bytes": self._size, "hashes": hashes}


def put(tree: Tree, shard: MdsShard, rows: NDArray[np.int64], to: Draft) -> dict[str, Any]:
    """Write a shard of these samples in the place of one, as it was; tell what the index says."""
    names = shard.said["hashes"]
    raw = _Summed(_pieces(tree, shard, rows), names)
    stored = _Summed(compressed(shard.path, raw), names)
    to.put(shard.path, stored)
    said = {**shard.said, "samples": len(rows), "raw_data": raw.about(shard.said["raw_data"])}
    if codec_of(shard.path):
        return {**said, "zip_data": stored.about(shard.said["zip_data"])}
    return {**said, "zip_data": None, "compression": None}


def _pieces(tree: Tree, shard: MdsShard, rows: NDArray[np.int64]) -> Iterator[bytes]:
    """Yield the bytes of a shard of these samples."""
    content = Forward(tree, shard.path)
    bounds = shard.offsets(content, 0, shard.samples)
    begins, ends = bounds[rows], bounds[rows + 1]
    config = content.read(8 + 4 * shard.samples, shard.start - 8 - 4 * shard.samples)
    head = np.array([len(rows)], "<u4").tobytes()
    offsets = np.cumsum([8 + 4 * len(rows) + len(config), *(ends - begins)])
    yield head + offsets.astype("<u4").tobytes() + config
    apart = np.flatnonzero(begins[1:] != ends[:-1]) + 1  # what lies side by side is copied so
    for first, last in zip([0, *apart], [*apart, len(rows)], strict=True):
        for at in range(int(begins[first]), int(ends[last - 1]), _PIECE):
            yield content.read(at, min(_PIECE, int(ends[last - 1]) - at))
