"""
The worker processes of one run: started, watched, and replaced.

A worker is at one piece of work at a time.  Where it dies, or shows no progress, the
piece is done again in a process of its own, a sample at a time: one that ends that one
too, twice, is a defect, and the rest is judged.
"""

import contextlib
import itertools
import pickle
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as OutOfTime
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from datastd import errors, forks
from datastd.engines import Seen, Task, measured, pieces, whole
from datastd.engines.line import Line
from datastd.engines.spool import temporary
from datastd.engines.wire import Told, decode
from datastd.engines.worker import BUSY, MEMORY, READY, main
from datastd.errors import DataChanged, DataStdError, NotJudged, UsageError
from datastd.kernels import announce
from datastd.measures import Instrument
from datastd.sources import Batch, Defect, Portion, Shard, Source

IDLE_S = 20.0  # seconds without a sample, after which a decoder is taken to hang
START_S = 120.0  # seconds that a process may take to start


class Lost(Exception):  # noqa: N818
    """A piece of work whose process ended, or had to be ended."""


@dataclass(slots=True)
class _Piece:
    """
    A piece of work that is under way.

    Attributes:
        number: The number under which the worker answers.
        size: Samples of it.
        kinds: What can be wrong with them.
        samples: How many of them the worker says that it has read,
        moved: and when it last said so.
        seen: What it says of them; nothing of it counts before all are done.
    """

    number: int
    size: int
    kinds: Sequence[type[Defect]]
    future: Future[None] = field(default_factory=Future)
    samples: int = 0
    moved: float = field(default_factory=time.monotonic)
    seen: Line[Seen] = field(default_factory=Line)

    def tell(self, told: Told) -> None:
        """Take note of what the worker says of it."""
        if self.samples < told.samples <= self.size:  # it gets on
            self.samples, self.moved = told.samples, time.monotonic()
        if self.future.done():
            return
        if told.seen is not None:
            self.seen.put(told.seen)
        if told.trouble:
            self.future.set_exception(_raised(*told.trouble))
        elif told.is_last:
            self.seen.end()
            self.future.set_result(None)

    def wait(self, idle_s: float) -> bool:
        """Wait until it is done; say whether it is, once it did not get on for so many seconds."""
        while (left := self.moved + idle_s - time.monotonic()) > 0 or self.future.done():
            with contextlib.suppress(OutOfTime):
                self.future.result(max(0.0, left))
                return True
        return False


def _raised(kind: str, *parts: str) -> Exception:
    """The exception that ended a piece of work in a worker, as far as it is known here."""
    known = getattr(errors, kind, None)
    if isinstance(known, type) and issubclass(known, DataStdError) and len(parts) in {3, 4}:
        return known(*parts)
    if kind == "MemoryError":
        return Lost(f"a decoder that asks for more than {MEMORY >> 20} MiB")
    return DataStdError("worker", "no bug in datastd", f"{kind}: {' '.join(parts)[:200]}")


class _Worker:
    """
    One process, and the piece of work that it is at.

    Attributes:
        lent: Whether somebody has it.
    """

    def __init__(self, standards: Sequence[str]) -> None:
        self.lent = True
        self._piece: _Piece | None = None
        self._numbers = itertools.count(READY + 1)
        self._started, self._settled = False, threading.Event()
        self._lock, self._sending = threading.Lock(), threading.Lock()
        self._ended, self._is_gone = "", False
        self._connection, theirs = forks.CONTEXT.Pipe()
        self._process = forks.CONTEXT.Process(target=main, args=(theirs, standards), daemon=True)
        forks.start(self._process)
        theirs.close()
        self._listener = threading.Thread(target=self._listen, name="datastd-crew", daemon=True)
        self._listener.start()

    @property
    def alive(self) -> bool:
        """Whether it may be given more work."""
        return not self._ended

    def do(
        self,
        portion: Portion,
        measures: Sequence[Instrument] | None,
        kinds: Sequence[type[Defect]],
        idle_s: float,
        given: str = "",
    ) -> Iterator[Seen]:
        """
        Have a portion read and measured; without measures, as it was read.  Give it in pieces.

        What else the measures are given lies pickled in the file *given*, if there is one.

        Raises:
            Lost: The process died of it, or did not get on for *idle_s* seconds.
            NotJudged: The process never started.
        """
        if not self._settled.wait(START_S) or not self._started:
            self.kill("none in time")
            raise NotJudged(
                "worker", "a process that starts", self._ended, "nothing is known of the data"
            )
        work = pickle.dumps((portion, measures, given))
        piece = _Piece(next(self._numbers), len(portion), kinds)
        with self._lock:
            if self._ended:
                raise Lost(self._ended)
            self._piece = piece
        try:
            with contextlib.suppress(OSError), self._sending:  # who listens sees that it ended
                self._connection.send((piece.number, work))
            is_done = piece.wait(idle_s)
        finally:
            self._piece = None
        if not is_done:
            self.kill(f"a decoder that does not get on for {idle_s:g} s")
            raise Lost(self._ended)
        return piece.seen.taken()

    def _listen(self) -> None:
        """Hand on what the process says, until it ends; then say so to who waits."""
        try:
            while True:
                message, piece = self._connection.recv_bytes(), self._piece
                told = decode(message, piece.kinds if piece else ())
                if told.number == READY:
                    self._started = True
                    self._settled.set()
                elif piece and told.number == BUSY:
                    piece.moved = time.monotonic()
                    announce()
                elif piece and told.number == piece.number:
                    piece.tell(told)
        except (EOFError, OSError):  # it has ended
            pass
        except ValueError as error:
            self.kill(f"a decoder whose process says what is no message: {error}")
        self._process.join()
        code = self._process.exitcode or 0
        how = f"signal {-code}" if code < 0 else f"code {code}"
        with self._lock:
            self._process.close()
            self._is_gone = True
            self._ended = self._ended or f"a decoder whose process ended with {how}"
            piece = self._piece
        if piece and not piece.future.done():
            piece.future.set_exception(Lost(self._ended))
        self._settled.set()
        with self._sending:
            self._connection.close()

    def kill(self, why: str) -> None:
        """End the process at once."""
        with self._lock:
            self._ended = self._ended or why
            if not self._is_gone:
                self._process.kill()

    def bury(self) -> None:
        """Wait until the process, which was killed, is gone."""
        self._listener.join()


class Crew:
    """
    Reads and measures in worker processes; `look` may be called from many threads.

    Args:
        standards: Files of the user's that define measures.
        idle_s: Seconds without a sample, after which a decoder is taken to hang.
    """

    def __init__(self, standards: Sequence[str] = (), idle_s: float = IDLE_S) -> None:
        self._standards, self._idle_s = standards, idle_s
        self._workers: set[_Worker] = set()
        self._lock, self._closed = threading.Lock(), False
        self._given: Mapping[str, Any] = {}
        self._written = ""

    def tell(self, given: Mapping[str, Any]) -> None:
        """Give measures more than what is read: plain values by name, which each worker loads."""
        self._given, self._written = given, ""

    def _told(self) -> str:
        """The file in which a worker finds what is given; none where nothing is."""
        with self._lock:
            if self._given and not self._written:
                file = temporary(self) / "given.pickle"
                file.write_bytes(pickle.dumps(self._given))
                self._written = str(file)
            return self._written

    def look(self, task: Task, measures: Sequence[Instrument]) -> Iterator[Seen]:
        """
        Read and measure the shard of a task.

        What a process said before it ended counts for nothing: its shard is done again.

        Raises:
            NotJudged: No worker can be started, or the crew was closed.
            DataStdError: What reading raised on purpose.
        """
        _refuse_local(measures)
        source, shard = task.source, task.shard
        try:
            with self._lent() as worker:
                portion = _portion(source, shard)
                seen = worker.do(portion, measures, source.kinds, self._idle_s, self._told())
        except Lost:
            seen = pieces(self._one_by_one(source, shard, measures))
        yield from seen

    def take(self, source: Source, wanted: Sequence[str]) -> Iterator[Batch]:
        """
        Read the samples of these keys again, as `Source.take_keys` does; in a worker, where
        the source is isolated.

        Raises:
            DataChanged: A sample that was read cannot be any more.
            NotJudged: Reading them ended the process.
        """
        if not source.isolated:
            yield from source.take_keys(wanted)
            return
        for path, rows in source.places(wanted):
            try:
                with self._lent() as worker:
                    seen = worker.do(source.portion(path, rows), None, source.kinds, self._idle_s)
            except Lost as lost:
                expected = "samples that can be read a second time"
                raise NotJudged(path, expected, str(lost), "run it again") from None
            for some in seen:
                said = some.defects.select("path", "expected", "found").rows()
                for place, expected, found in said:
                    raise DataChanged(place, expected, found, "run it again")
                yield whole(some)

    def look_again(
        self, source: Source, wanted: Sequence[str], asked: Sequence[Instrument]
    ) -> Iterator[Seen]:
        """
        Read the samples of these keys again, as `take` does, and measure them.

        Raises:
            DataChanged: A sample that was read cannot be any more.
            Lost: Reading them ended the process.
        """
        for path, rows in source.places(wanted):
            if source.isolated:
                _refuse_local(asked)
                with self._lent() as worker:
                    portion = source.portion(path, rows)
                    seen = worker.do(portion, asked, source.kinds, self._idle_s, self._told())
                yield from seen
            else:
                taken = source.evidence(path, np.array(rows))
                yield from measured([taken], asked, self._given)

    @contextlib.contextmanager
    def _lent(self) -> Iterator[_Worker]:
        """A worker that nobody else has."""
        with self._lock:
            spare = (one for one in self._workers if one.alive and not one.lent)
            worker = next(spare, None) or self._hire()
            worker.lent = True
        try:
            yield worker
        finally:
            with self._lock:
                worker.lent = False
                if not worker.alive:
                    self._workers.discard(worker)

    def _hire(self) -> _Worker:
        """Start a worker; the lock is held."""
        if self._closed:
            raise NotJudged("worker", "a run that goes on", "one that was ended")
        worker = _Worker(self._standards)
        self._workers.add(worker)
        return worker

    def _one_by_one(
        self, source: Source, shard: Shard, measures: Sequence[Instrument]
    ) -> Iterator[Seen | Defect]:
        """Do a shard again, a sample at a time, in a process of its own."""
        with contextlib.ExitStack() as stack:
            worker = stack.enter_context(self._own())
            for start in range(shard.start, shard.stop):
                one = replace(shard, start=start, stop=start + 1)
                for is_last in (False, True):  # what ended it may have come from outside
                    try:
                        portion = _portion(source, one)
                        kinds = source.kinds
                        yield from worker.do(portion, measures, kinds, self._idle_s, self._told())
                        break
                    except Lost as lost:
                        if is_last:
                            yield source.undone(one, str(lost))
                        stack.close()
                        worker = stack.enter_context(self._own())

    @contextlib.contextmanager
    def _own(self) -> Iterator[_Worker]:
        """A worker for samples under suspicion, and for nothing after them."""
        with self._lock:
            worker = self._hire()
        try:
            yield worker
        finally:
            worker.kill("a piece of work that is done")
            with self._lock:
                self._workers.discard(worker)

    def close(self) -> None:
        """End all processes; none is started any more."""
        with self._lock:
            self._closed = True
            workers, self._workers = self._workers, set()
        for one in workers:
            one.kill("a run that was ended")
        for one in workers:
            one.bury()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _portion(source: Source, shard: Shard) -> Portion:
    return source.portion(shard.path, range(shard.start, shard.stop))


def _refuse_local(measures: Sequence[Instrument]) -> None:
    """Refuse a measure of a script or a notebook, which no other process can import."""
    for one in measures:
        if one.function.__module__ == "__main__":
            raise UsageError(
                f"measure {one.column}", "one of a module, or of the standard's file",
                "one of a script or notebook", "workers that decode pictures have to import it",
            )  # fmt: skip
