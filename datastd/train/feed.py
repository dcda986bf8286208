"""Certified samples in the order of an epoch, a block of batches at a time."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.certificate import Certified
from datastd.errors import UsageError
from datastd.sources import Batch

BLOCK = 1 << 12  # samples read at once: many batches, and little beside the model


class Feed:
    """
    Splits of certified data, or a part of their samples, readable in any order.

    Attributes:
        samples: Number of samples.
        first: The first of them, as a batch of one.
        shape: Sizes of one image: height, width, channels.
    """

    def __init__(
        self, data: Certified, *splits: str, part: NDArray[np.int64] | None = None
    ) -> None:
        self._data, self._part = data, part
        files: dict[str, int] = {}
        for shard in (one for split in splits for one in data.shards(split)):
            files[shard.path] = max(files.get(shard.path, 0), shard.stop)
        self._paths = list(files)
        # Sample i of the splits is sample i - first[f] of the file f.
        self._first = np.cumsum([0, *files.values()])
        self.samples = int(self._first[-1]) if part is None else len(part)
        self.first = self._take(np.array([0]))
        self.shape = np.shape(self.first.pictures)[1:]

    def order(self, seed: int, epoch: int) -> NDArray[np.int64]:
        """Every sample once, in an order that depends on *seed* and *epoch* alone."""
        return np.random.default_rng([seed, epoch]).permutation(self.samples)

    def in_order(self) -> NDArray[np.int64]:
        """Every sample once, in data order."""
        return np.arange(self.samples)

    def blocks(self, order: NDArray[np.int64], batch: int) -> Iterator[Batch]:
        """
        Yield the samples of *order*, whole batches at a time.

        Raises:
            DataChanged: A file is no longer the one that was hashed.
        """
        step = max(1, BLOCK // batch) * batch
        for start in range(0, len(order), step):
            yield self._take(order[start : start + step])

    def _take(self, rows: NDArray[np.int64]) -> Batch:
        rows = rows if self._part is None else self._part[rows]
        if len(self._paths) == 1:
            return _even(self._data.take(self._paths[0], rows))
        file = np.searchsorted(self._first, rows, side="right") - 1
        wanted = [np.flatnonzero(file == number) for number in range(len(self._paths))]
        parts = [
            _even(self._data.take(path, rows[place] - first))
            for path, first, place in zip(self._paths, self._first, wanted, strict=False)
            if len(place)
        ]
        back = np.argsort(np.concatenate(wanted), kind="stable")
        columns = {
            name: np.concatenate([np.asarray(part.columns[name]) for part in parts])[back]
            for name in parts[0].columns
        }
        return Batch(pl.concat([part.keys for part in parts])[back], columns)


def _even(batch: Batch) -> Batch:
    """
    The batch with its images as one array, as a network takes them.

    Raises:
        UsageError: They differ in size.
    """
    images = batch.columns["image"]
    if not isinstance(images, list):
        return batch
    if len(shapes := {image.shape for image in images}) > 1:
        found = f"some of {', '.join(map(str, sorted(shapes)[:2]))}"
        raise UsageError("data", "images of one size", found, "resize them before they are judged")
    return Batch(batch.keys, {**batch.columns, "image": np.stack(images)}, batch.hashes)
