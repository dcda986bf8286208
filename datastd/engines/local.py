"""
The local engine: threads of this process, and worker processes for what may crash.

numba kernels, zlib, hashing and polars release the interpreter's lock, so threads
use all cores and share the page cache; nothing is pickled or copied.  What a source
calls `isolated` is read and measured by a `Crew`; its tables come back.
"""

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from datastd.engines import Part, Task, examine
from datastd.engines.crew import Crew
from datastd.standard import Standard
from datastd.waiting import result


def hired(standard: Standard) -> Crew:
    """A crew for what a standard asks; no process starts before there is work for it."""
    return Crew([standard.place] if standard.place else [])


def run(  # noqa: PLR0913
    tasks: Sequence[Task],
    standard: Standard,
    inputs: Mapping[str, Any],
    *,
    jobs: int,
    done: Callable[[int], None],
    crew: Crew | None = None,
) -> Iterator[Part]:
    """
    Examine every shard; yield the parts in data order, however many at once.

    At most ``jobs + 1`` parts are under way or waiting, whatever the dataset's size.  A
    *crew* that is given stays for other work, unless something ends the run early.
    """
    with ExitStack() as stack:
        workers = crew or stack.enter_context(hired(standard))
        pool = stack.enter_context(ThreadPoolExecutor(jobs, "datastd-examine"))

        def start(task: Task) -> Future[Part]:
            look = workers.look if task.source.isolated else None
            return pool.submit(examine, task, standard, inputs, look)

        waiting: deque[Future[Part]] = deque()
        queue = iter(tasks)
        try:
            for task in itertools.islice(queue, jobs + 1):
                waiting.append(start(task))
            while waiting:
                part = result(waiting.popleft())
                for task in itertools.islice(queue, 1):
                    waiting.append(start(task))
                done(part.rows + part.lost)
                yield part
        except BaseException:
            workers.close()  # before the threads that wait for it
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
