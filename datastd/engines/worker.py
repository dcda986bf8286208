"""
The process that decodes: it reads and measures what it is sent, and holds no secret.

A decoder of pictures can crash, hang, or ask for all memory there is; here that ends a
process that can be replaced.  One thread reads; two in one process wait for each other in
Python for longer than they decode.
"""

import contextlib
import functools
import gc
import logging
import os
import pickle
import resource
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from numba.core import event

from datastd.engines import as_read, measured
from datastd.engines.wire import Told, encode
from datastd.process import keep_memory
from datastd.sources import Batch, Defect

READY = 0  # the number under which a worker says that it has started
BUSY = -1  # that under which it says that it compiles, which is no hanging decoder
_BEAT_S = 2.0
MEMORY = 2 << 30  # bytes of address space, beyond what the process has when it starts
_WATCH_S = 60  # seconds after which the process ends whose decoder never gives Python's lock back
_LOOK_S = 5  # seconds between two looks at whether that is so


class _Compiling(event.Listener):
    """Knows whether numba compiles, or loads what it compiled."""

    def __init__(self) -> None:
        self.now = 0

    def on_start(self, event: object) -> None:
        del event
        self.now += 1

    def on_end(self, event: object) -> None:
        del event
        self.now -= 1


def main(connection: Connection, standards: Sequence[str]) -> None:
    """
    Carry out what comes over *connection*, until it is closed.

    Args:
        connection: Gives a number to answer under, with a pickle of a portion to read,
            the measures to take, or none to have it as it is, and the file in which lies
            what else they are given; takes a `Told` after each batch, for each piece of what is
            seen, and at the end.
        standards: Files of the user's that define measures.
    """
    from datastd import standard  # noqa: PLC0415  -- the server that forks has it loaded

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no data in a core dump
    _hush()
    _limit_memory(MEMORY)
    for path in standards:
        standard.load(path)
    gc.freeze()  # what is loaded stays: nobody need look at it again
    keep_memory()
    sending = threading.Lock()

    def say(told: Told) -> None:
        with sending, contextlib.suppress(OSError):
            connection.send_bytes(encode(told))

    def telling(number: int, reads: Iterator[Batch | Defect]) -> Iterator[Batch | Defect]:
        samples = 0
        for read in reads:
            yield read
            samples += read.samples if isinstance(read, Defect) else len(read)
            say(Told(number, samples))

    def carry_out(number: int, work: bytes) -> None:
        try:
            portion, measures, more = pickle.loads(work)  # noqa: S301  -- of who started us
            reads = telling(number, portion.read())
            found = as_read(reads) if measures is None else measured(reads, measures, _given(more))
            for seen in found:
                say(Told(number, seen=seen))
            say(Told(number, len(portion), is_last=True))
        except BaseException as error:  # noqa: BLE001  -- who waits for it has to know
            say(Told(number, trouble=(type(error).__name__, *map(str, error.args))))

    threading.Thread(target=_beat, args=(say,), daemon=True).start()
    say(Told(READY))
    pool = ThreadPoolExecutor(1)
    with contextlib.suppress(EOFError, OSError):
        while True:
            signal.alarm(_WATCH_S)
            if connection.poll(_LOOK_S):
                pool.submit(carry_out, *connection.recv())
    os._exit(0)  # whatever still runs: nobody waits for it


@functools.lru_cache(1)
def _given(file: str) -> Mapping[str, Any]:
    """What measures are given beside the samples: what who started us wrote down."""
    return pickle.loads(Path(file).read_bytes()) if file else {}  # noqa: S301


def _beat(say: Callable[[Told], None]) -> None:
    """Say now and then that the process compiles, while it does."""
    compiling = _Compiling()
    event.register("numba:compile", compiling)  # type: ignore[no-untyped-call]
    while True:
        time.sleep(_BEAT_S)
        if compiling.now:
            say(Told(BUSY))


def _hush() -> None:
    """Let decoders, which quote what they read, write nothing where a user looks."""
    warnings.simplefilter("ignore")
    logging.disable()
    with contextlib.suppress(OSError), open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)  # ours, where there is one
        os.dup2(nowhere.fileno(), 2)


def _limit_memory(more: int) -> None:
    """Let this process ask for so many bytes more than it has, where that can be told."""
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    has = pages * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > has + more:
        resource.setrlimit(resource.RLIMIT_AS, (has + more, hard))
