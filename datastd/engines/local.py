"""
The local engine: threads of this process, and worker processes for what may crash.

numba kernels, zlib, hashing and polars release the interpreter's lock, so threads
use all cores and share the page cache; nothing is pickled or copied.  What a source
calls `isolated` is read and measured by a `Crew`; its tables come back.
"""

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from datastd.engines import Part, Task, examine
from datastd.engines.crew import Crew
from datastd.engines.line import Line
from datastd.standard import Standard


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

    At most ``jobs + 1`` shards are under way or waiting, whatever the dataset's size; the
    parts of one that is not yet next wait on disk, where they are large.  A *crew* that is
    given stays for other work, unless something ends the run early.
    """
    with ExitStack() as stack:
        workers = crew or stack.enter_context(hired(standard))
        pool = stack.enter_context(ThreadPoolExecutor(jobs, "datastd-examine"))

        def start(task: Task) -> Line[Part]:
            look, line = workers.look if task.source.isolated else None, Line[Part]()
            pool.submit(line.fill, examine(task, standard, inputs, look))
            return line

        waiting: deque[Line[Part]] = deque()
        queue = iter(tasks)
        try:
            for task in itertools.islice(queue, jobs + 1):
                waiting.append(start(task))
            while waiting:
                for part in waiting[0].taken():
                    done(part.rows + part.lost)
                    yield part
                waiting.popleft()
                for task in itertools.islice(queue, 1):
                    waiting.append(start(task))
        except BaseException:
            workers.close()  # before the threads that wait for it
            raise
        finally:
            for line in waiting:
                line.leave()
            pool.shutdown(wait=True, cancel_futures=True)
