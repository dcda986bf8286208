"""Which samples are looked at, and their records."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from datastd.certificate import Certified
from datastd.errors import UsageError
from datastd.sight.raw import Raw, records

_AT_ONCE = 32  # samples of one payload that are read together


class Draw:
    """
    Samples of some splits of certified data: all of them, or so many, drawn by a seed.

    Args:
        data: The data.
        splits: Their splits, in the order given.
        samples: How many; all of them, where there are no more.
        seed: Decides which.

    Attributes:
        of: How many samples the splits have.
        rows: The numbers of those drawn, in data order.

    Raises:
        UsageError: No such split; no sample.
    """

    def __init__(self, data: Certified, splits: Sequence[str], samples: int, seed: int) -> None:
        self._data = data
        self._shards = [one for split in splits for one in data.shards(split)]
        lengths = [one.samples or 0 for one in self._shards]
        self._first = np.cumsum([0, *lengths])
        self.of = int(self._first[-1])
        if not self.of:
            raise UsageError("splits", "at least one sample", f"none in {', '.join(splits)}")
        # By `choice`, which takes the memory of those drawn, and not of all there are.
        count, drawing = min(samples, self.of), np.random.default_rng(seed)
        drawn = drawing.choice(self.of, count, replace=False, shuffle=False)
        self.rows: NDArray[np.int64] = np.sort(drawn)

    def records(self) -> Iterator[Raw]:
        """
        Read the records that were drawn, in data order.

        Raises:
            DataChanged: A file is no longer the one that was hashed.
        """
        shards = np.searchsorted(self._first, self.rows, side="right") - 1
        for number, some in groupby(
            zip(shards.tolist(), self.rows.tolist(), strict=True), lambda one: one[0]
        ):
            shard = self._shards[number]
            rows = np.array([row for _, row in some]) - self._first[number] + shard.start
            for start in range(0, len(rows), _AT_ONCE):
                batch = self._data.take(shard.path, rows[start : start + _AT_ONCE])
                yield from records(batch, shard.split)
