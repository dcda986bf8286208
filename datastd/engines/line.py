"""Values that one thread puts in line and another takes: some in memory, and more on disk."""

import pickle
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from datastd.engines.spool import temporary
from datastd.waiting import until

HELD = 128 << 20  # bytes that wait in memory; what comes behind them waits on disk


class _Sized(Protocol):
    @property
    def size(self) -> int:
        """Bytes that it takes, about."""
        ...


Value = TypeVar("Value", bound=_Sized)


@dataclass(slots=True, weakref_slot=True)
class Line(Generic[Value]):
    """
    Values in the order in which they were put, each taken once; what is taken leaves the line.

    Whoever puts never waits for who takes, and memory does not grow with the line.
    """

    most: int = HELD
    _waiting: deque[tuple[Value | Path, int]] = field(default_factory=deque)
    _held: int = 0
    _ended: bool = False
    _left: bool = False
    _error: BaseException | None = None
    _turn: threading.Condition = field(default_factory=threading.Condition)
    _numbers: Iterator[int] = field(default_factory=count)
    _folder: Path | None = None

    def fill(self, values: Iterable[Value]) -> None:
        """Put values until there are none, or nobody waits for them; then end the line."""
        error = None
        try:
            for value in values:
                if self._left:
                    break
                self.put(value)
        except BaseException as one:  # noqa: BLE001  -- who takes is told
            error = one
        self.end(error)

    def put(self, value: Value) -> None:
        """Put a value at the end; on disk, where those before it take the room."""
        size = value.size
        kept: Value | Path = value if self._held + size <= self.most else self._written(value)
        with self._turn:
            size = 0 if isinstance(kept, Path) else size
            self._held += size
            self._waiting.append((kept, size))
            self._turn.notify()

    def end(self, error: BaseException | None = None) -> None:
        """Say that no more values come; *error* is raised for who takes, behind the last one."""
        with self._turn:
            self._ended, self._error = True, self._error or error
            self._turn.notify()

    def leave(self) -> None:
        """Say that nobody takes what is still put."""
        self._left = True

    def taken(self) -> Iterator[Value]:
        """
        Take the values, to the end.

        Raises:
            BaseException: What ended the line.
        """
        while True:
            with self._turn:
                until(self._turn, lambda: bool(self._waiting) or self._ended)
                if not self._waiting:
                    break
                kept, size = self._waiting.popleft()
                self._held -= size
            yield self._read(kept) if isinstance(kept, Path) else kept
            del kept  # while it waits for the next, nobody has the last
        if self._error is not None:
            raise self._error

    def _written(self, value: Value) -> Path:
        self._folder = self._folder or temporary(self)
        path = self._folder / f"{next(self._numbers)}.pickle"
        with path.open("wb") as file:
            pickle.dump(value, file, pickle.HIGHEST_PROTOCOL)
        return path

    def _read(self, path: Path) -> Value:
        with path.open("rb") as file:
            value: Value = pickle.load(file)  # noqa: S301  -- what we wrote ourselves
        path.unlink()
        return value
