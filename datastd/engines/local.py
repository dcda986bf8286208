"""
The local engine: threads of this process.

numba kernels, zlib, hashing and polars release the interpreter's lock, so threads
use all cores and share the page cache; nothing is pickled or copied.
"""

import itertools
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from datastd.engines import Part, Task, examine
from datastd.standard import Standard
from datastd.waiting import result


def cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(
    tasks: Sequence[Task],
    standard: Standard,
    inputs: Mapping[str, Any],
    *,
    jobs: int,
    done: Callable[[int], None],
) -> Iterator[Part]:
    """
    Examine every shard; yield the parts in data order, however many at once.

    At most ``jobs + 1`` parts are under way or waiting, whatever the dataset's size.
    """
    with ThreadPoolExecutor(jobs, "datastd-examine") as pool:
        waiting: deque[Future[Part]] = deque()
        queue = iter(tasks)
        try:
            for task in itertools.islice(queue, jobs + 1):
                waiting.append(pool.submit(examine, task, standard, inputs))
            while waiting:
                part = result(waiting.popleft())
                for task in itertools.islice(queue, 1):
                    waiting.append(pool.submit(examine, task, standard, inputs))
                done(part.rows + part.lost)
                yield part
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
