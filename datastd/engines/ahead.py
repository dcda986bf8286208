"""Batches of shards measured by several threads, in order: first those whose turn it is."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar

from datastd.sources import Batch, Defect
from datastd.waiting import result, until

Found = TypeVar("Found")


@dataclass(slots=True)
class Ahead:
    """
    Threads that measure what the threads of several shards read.

    Shards are taken in their order: while there is enough to measure of the one whose turn
    it is, the others wait, for what they find has to wait.

    Args:
        jobs: Threads; and twice as many batches of a shard are read before they are measured.
    """

    jobs: int
    _pool: ThreadPoolExecutor = field(init=False)
    _turn: int = 0
    _under_way: int = 0
    _change: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.jobs, "datastd-measure")

    def turn_to(self, number: int) -> None:
        """Say whose turn it is, by its number: no shard before it waits any more."""
        with self._change:
            self._turn = number
            self._change.notify_all()

    def of(
        self,
        number: int,
        measure: Callable[[Batch | Defect], Found | Defect],
        reads: Iterable[Batch | Defect],
    ) -> Iterator[Found | Defect]:
        """Measure what is read of the shard of a number; yield what comes of it in order."""
        waiting: deque[Future[Found | Defect] | Defect] = deque()
        some = iter(reads)
        while True:
            with self._change:
                until(self._change, lambda: self._turn >= number or self._under_way < self.jobs)
            read = next(some, None)
            if read is None:
                break
            waiting.append(read if isinstance(read, Defect) else self._start(measure, read))
            while waiting and (len(waiting) > 2 * self.jobs or _is_there(waiting[0])):
                yield _there(waiting.popleft())
        while waiting:
            yield _there(waiting.popleft())

    def _start(
        self, measure: Callable[[Batch | Defect], Found | Defect], batch: Batch
    ) -> "Future[Found | Defect]":
        with self._change:
            self._under_way += 1
        future = self._pool.submit(measure, batch)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, _: "Future[Found | Defect]") -> None:
        with self._change:
            self._under_way -= 1
            self._change.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._pool.shutdown(wait=True, cancel_futures=True)


def _is_there(one: "Future[Found | Defect] | Defect") -> bool:
    return isinstance(one, Defect) or one.done()


def _there(one: "Future[Found | Defect] | Defect") -> Found | Defect:
    return one if isinstance(one, Defect) else result(one)
