"""Certified samples in the order of an epoch, a part of it at a time."""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.certificate import Certified
from datastd.errors import UsageError
from datastd.sight.raw import Raw, categories, records
from datastd.sources import Batch, Column, Shard
from datastd.waiting import ahead, result

BLOCK = 1 << 12  # samples read at once where they are arrays: many steps, and little beside a model
HELD = 1 << 30  # bytes that the buffer of a stream holds at most, whatever its samples

Numbers = NDArray[np.int64]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Part:
    """
    Samples of one or several steps, as read.

    Attributes:
        numbers: The number of each in the splits; shape (N,).
        lengths: How many of them belong to each step.
        keys: The key of each; a column of text, or a list.
        raws: Them as records; none where columns were asked for.
        columns: Them as columns, where those were asked for; they are arrays.
    """

    numbers: Numbers
    lengths: Sequence[int]
    keys: pl.Series | Sequence[str]
    raws: Sequence[Raw] = ()
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """
    What of each step is a process's, of those that train together.

    Attributes:
        rank: Number of this process.
        size: Number of processes.
        buffer: Samples of a stream that are mixed: it holds at most so many, and `HELD` bytes.
    """

    rank: int = 0
    size: int = 1
    buffer: int = 10_000


class Feed:
    """
    Splits of certified data, or a part of their samples, in the order of an epoch.

    The order depends on seed and epoch alone.  Where samples far apart are read without what lies
    between (`Source.seeks`) it is a permutation of all, of which each step has a slice, and of that
    each process its own.  Of streams the shards are permuted, each process has its own, or, where
    they are too few, its part of the samples of all; and a buffer mixes what it reads.

    Args:
        data: What `datastd.open` gave.
        splits: Their splits, one after the other.
        part: Numbers of the samples that are fed; none means all.
        share: What of each step is this process's.

    Attributes:
        samples: Number of samples.
        first: The first of them, as a batch of one.
        shape: Sizes of its picture, height, width and channels; empty without one.
        element: Name of the type of that picture's numbers.
        seeks: Whether the order is a permutation of all.
    """

    def __init__(
        self, data: Certified, *splits: str, part: Numbers | None = None, share: Share | None = None
    ) -> None:
        self._data, self._part = data, part
        known = share or Share()
        self._rank, self._size, self._buffer = known.rank, known.size, known.buffer
        self._split = splits[0]
        self._shards = [one for split in splits for one in data.shards(split)]
        files: dict[str, int] = {}
        for shard in self._shards:
            files[shard.path] = max(files.get(shard.path, 0), shard.stop)
        self._paths = list(files)
        # Sample i of the splits is sample i - first[f] of the file f.
        self._first = np.cumsum([0, *files.values()])
        self._begins = dict(zip(self._paths, self._first.tolist(), strict=False))
        self.samples = int(self._first[-1]) if part is None else len(part)
        if not self.samples:
            raise UsageError("split", "at least one sample", f"none in {', '.join(splits)}")
        self.seeks = data.seeks or part is not None
        (_, self.first), *_ = self._taken(np.array([0]), data.take)
        picture = self.first.pictures[0] if "image" in self.first.columns else np.empty(())
        self.shape, self.element = picture.shape, picture.dtype.name

    def order(self, seed: int, epoch: int) -> Numbers:
        """Every sample once, in an order that depends on *seed* and *epoch* alone."""
        return np.random.default_rng([seed, epoch]).permutation(self.samples)

    def in_order(self) -> Numbers:
        """Every sample once, in data order."""
        return np.arange(self.samples)

    def labels(self) -> Numbers:
        """The labels of all samples; empty where only reading them tells."""
        counts = np.diff(self._first).tolist()
        every = [
            self._data.labels(p, np.arange(n)) for p, n in zip(self._paths, counts, strict=True)
        ]
        known = np.concatenate(every)
        return known if self._part is None or not len(known) else known[self._part]

    def categories(self) -> set[int | str]:
        """What the boxes of all samples are of, number or name: no picture is decoded for it."""
        read = chain.from_iterable(map(self._data.words, self._shards))
        return {
            one for some in read if some.annotations is not None
            for one in categories(some.annotations)
        }  # fmt: skip

    def steps(self, batch: int) -> int:
        """
        Steps of an epoch, of *batch* samples over all ranks each, but for the last.

        Of a stream that several processes share there are more where their shards are uneven.
        """
        return -(-self.samples // batch)

    def parts(
        self, order: tuple[int, int] | None, batch: int, *,
        skip: int = 0, together: int = 1, columns: bool = False,
    ) -> Iterator[Callable[[], Part]]:  # fmt: skip
        """
        Yield what reads the samples of this rank, the steps of an epoch in order.

        What is yielded may be called by any thread, in any order.  Every rank has as many steps.

        Args:
            order: Seed and epoch; none means data order.
            batch: Samples of one step, over all ranks.
            skip: Steps that are left out at the beginning.
            together: Steps that one part has, at most.
            columns: Read them as arrays, one for each column, and not as records.
        """
        if not self.seeks:
            yield from self._streamed(order, batch, skip)
            return
        rows = self.order(*order) if order else self.in_order()
        for start in range(skip * batch, len(rows), together * batch):
            some = rows[start : start + together * batch]
            # Of each step a rank has a run: of n samples those from r n / N to (r + 1) n / N.
            runs = [self._run(some[one : one + batch]) for one in range(0, len(some), batch)]
            yield partial(self._part_of, runs, columns)

    def _run(self, step: Numbers) -> Numbers:
        first, last = (len(step) * rank // self._size for rank in (self._rank, self._rank + 1))
        return step[first:last]

    def _part_of(self, runs: Sequence[Numbers], columns: bool) -> Part:  # noqa: FBT001
        rows, lengths = np.concatenate(runs), [*map(len, runs)]
        if not len(rows):
            return Part(rows, lengths, ())
        take = self._data.take if columns else self._data.encoded
        places, batches = zip(*self._taken(rows, take), strict=True)
        keys = pl.concat([one.keys for one in batches])
        back = np.argsort(np.concatenate(places), kind="stable") if len(batches) > 1 else None
        if columns:
            arrays = {
                name: [_even(one.columns[name]) for one in batches] for name in batches[0].columns
            }
            one_each = {n: some[0] if back is None else np.concatenate(some)[back]
                        for n, some in arrays.items()}  # fmt: skip
            return Part(rows, lengths, keys if back is None else keys[back], columns=one_each)
        raws = [*chain.from_iterable(records(one, self._split) for one in batches)]
        raws = raws if back is None else [raws[place] for place in back]
        return Part(rows, lengths, keys if back is None else keys[back], raws)

    def _streamed(
        self, order: tuple[int, int] | None, batch: int, skip: int
    ) -> Iterator[Callable[[], Part]]:
        if batch < self._size:  # whose shards nobody else reads
            expected = f"at least a sample for each of {self._size} processes"
            raise UsageError("batch", expected, f"{batch}")
        mixed, local = self._mixed(order), self._local(batch, self._rank)
        for step in range(self._steps_of_any(order, batch)):
            some = [*islice(mixed, local)]
            if step >= skip:
                yield partial(_streamed_part, some)
        if next(mixed, None) is not None:
            raise AssertionError("expected every sample of the shards in a step, found one in none")

    def _local(self, batch: int, rank: int) -> int:
        """How many samples of a step are a rank's, of a stream."""
        most, left = divmod(batch, self._size)
        return most + (rank < left)

    def _mine(self, order: tuple[int, int] | None, rank: int) -> tuple[list[int], int]:
        """The shards of a rank, in the order of an epoch; and of their samples each how-manieth."""
        count = len(self._shards)
        drawn = np.random.default_rng([*order]).permutation(count) if order else np.arange(count)
        if count < self._size:
            return drawn.tolist(), self._size
        return drawn[rank :: self._size].tolist(), 1

    def _steps_of_any(self, order: tuple[int, int] | None, batch: int) -> int:
        """Steps of the rank that has the most."""
        steps = []
        for rank in range(self._size):
            mine, every = self._mine(order, rank)
            samples = sum(self._shards[one].samples or 0 for one in mine)
            samples = samples if every == 1 else len(range(rank, samples, every))
            steps.append(-(-samples // self._local(batch, rank)))
        return max(steps)

    def _mixed(self, order: tuple[int, int] | None) -> Iterator[tuple[int, Raw]]:
        """The samples of this rank, mixed, each with its number."""
        mine, every = self._mine(order, self._rank)
        read = chain.from_iterable(self._records(self._shards[one]) for one in mine)
        own = islice(read, self._rank if every > 1 else 0, None, every)
        if order is None:
            yield from own
            return
        random = np.random.default_rng([*order, self._rank + 1])
        held: list[tuple[int, Raw]] = []
        size = 0
        for one in own:
            held.append(one)
            size += one[1].nbytes
            while len(held) > self._buffer or (size > HELD and len(held) > 1):
                place = int(random.integers(len(held)))
                held[place], held[-1] = held[-1], held[place]
                size -= held[-1][1].nbytes
                yield held.pop()
        yield from (held[place] for place in random.permutation(len(held)))

    def _records(self, shard: Shard) -> Iterator[tuple[int, Raw]]:
        number = self._begins[shard.path] + shard.start
        for batch in self._data.read(shard):
            for raw in records(batch, shard.split):
                yield number, raw
                number += 1

    def _taken(
        self, rows: Numbers, take: Callable[[str, Numbers], Batch]
    ) -> Iterator[tuple[Numbers, Batch]]:
        """Samples by file: their places among *rows*, and what was read of them."""
        rows = rows if self._part is None else self._part[rows]
        file = np.searchsorted(self._first, rows, side="right") - 1
        for number in np.unique(file).tolist():
            place = np.flatnonzero(file == number)
            yield place, take(self._paths[number], rows[place] - self._first[number])


def _streamed_part(some: Sequence[tuple[int, Raw]]) -> Part:
    numbers = np.array([number for number, _ in some], np.int64)
    raws = [raw for _, raw in some]
    return Part(numbers, [len(raws)], [raw.key for raw in raws], raws)


def _even(column: Column) -> NDArray[Any]:
    """
    A column as one array.

    Raises:
        UsageError: It is of pictures that differ in size.
    """
    if isinstance(column, list) and len(shapes := {one.shape for one in column}) > 1:
        found = f"some of {', '.join(map(str, sorted(shapes)[:2]))}"
        raise UsageError("data", "images of one size", found, "say to which size: task.size")
    return np.stack(column) if isinstance(column, list) else np.asarray(column)


def made_ahead(
    parts: Iterator[Callable[[], Part]], make: Callable[[Part], Made], workers: int
) -> Generator[Made, None, None]:
    """
    Have threads read and make parts, in order, while others are used.

    At most ``workers + 2`` of them are held; a part that fails fails where its turn is.
    """
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="loading") as pool:
        try:
            for part in ahead(parts):
                waiting.append(pool.submit(lambda read: make(read()), part))
                if len(waiting) > workers:
                    yield result(waiting.popleft())
            while waiting:
                yield result(waiting.popleft())
        finally:
            for one in waiting:
                one.cancel()
