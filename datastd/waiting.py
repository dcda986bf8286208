"""Threads: how many there may be, and waiting for them in a way that Ctrl-C ends."""

import functools
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar, cast

MOST = 1024  # threads: more than any machine has a use for
_S = 0.1  # seconds until Python may look at signals again

Item = TypeVar("Item")
Result = TypeVar("Result")


def cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def result(future: "Future[Result]") -> Result:
    """
    Wait for a future as `Future.result` does.

    polars has interrupted system calls restarted, so that a wait without an end would
    come back to Python, and Python to Ctrl-C, only when the future is done.
    """
    while not future.done():
        wait([future], _S)
    return future.result()


def until(turn: threading.Condition, holds: Callable[[], bool]) -> None:
    """Wait, in a way that Ctrl-C ends, until something holds; *turn* is held, and is notified."""
    while not turn.wait_for(holds, _S):
        pass


def once(function: Callable[[], Result]) -> Callable[[], Result]:
    """Compute a value that takes its time once: of several threads that ask, the others wait."""
    computing = threading.Lock()
    known = functools.cache(function)

    @functools.wraps(function)
    def asked() -> Result:
        with computing:
            return known()

    return asked


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Have a thread make the next item while one is looked at."""
    end = object()
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, items, end)
        while (item := result(following)) is not end:
            following = pool.submit(next, items, end)
            yield cast("Item", item)


def each(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    jobs: int,
    stop: Callable[[], object],
) -> Iterator[Result]:
    """
    Apply *function* to each item on *jobs* threads; yield the results in order.

    Where something ends that early, *stop* is called to end what the threads still do.
    """
    pool = ThreadPoolExecutor(jobs)
    try:
        for future in [pool.submit(function, item) for item in items]:
            yield result(future)
    except BaseException:
        stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
