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
from functools import partial
from typing import Any

from datastd.engines import Part, Task, examine
from datastd.engines.ahead import Ahead
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

    At most ``jobs + 1`` shards are under way or waiting, whatever the dataset's size; all
    threads measure the next one, where it has enough for them, and the parts of others wait,
    where they are large on disk.  A *crew* that is given stays for other work, unless something
    ends the run early.
    """
    with ExitStack() as stack:
        workers = crew or stack.enter_context(hired(standard))
        ahead = stack.enter_context(Ahead(jobs))
        pool = stack.enter_context(ThreadPoolExecutor(jobs, "datastd-examine"))

        def start(number: int, task: Task) -> tuple[int, Line[Part]]:
            look, line = workers.look if task.source.isolated else None, Line[Part]()
            each = map if jobs == 1 else partial(ahead.of, number)
            pool.submit(line.fill, examine(task, standard, inputs, look, each))
            return number, line

        waiting: deque[tuple[int, Line[Part]]] = deque()
        queue = enumerate(tasks)
        try:
            for number, task in itertools.islice(queue, jobs + 1):
                waiting.append(start(number, task))
            while waiting:
                turn, line = waiting[0]
                ahead.turn_to(turn)
                for part in line.taken():
                    done(part.rows + part.lost)
                    yield part
                waiting.popleft()
                for number, task in itertools.islice(queue, 1):
                    waiting.append(start(number, task))
        except BaseException:
            workers.close()  # before the threads that wait for it
            raise
        finally:
            for _, line in waiting:
                line.leave()
            ahead.turn_to(len(tasks))
            pool.shutdown(wait=True, cancel_futures=True)
