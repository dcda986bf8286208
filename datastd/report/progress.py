"""A bar for long work on a terminal; nothing for short work, and nothing in a pipe."""

import sys
import threading
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_AFTER_S = 0.5


class Bar:
    """Progress of one piece of work; it leaves no trace when it is done."""

    def __init__(self, what: str, total: int | None) -> None:
        self._what, self._total, self._done = what, total, 0
        self._begun, self._lock = time.monotonic(), threading.Lock()
        self._shown: tuple[Progress, TaskID] | None = None
        self._wanted = sys.stderr is not None and sys.stderr.isatty()

    def advance(self, amount: int, note: str = "") -> None:
        """Note that so much more is done; the *note* stands beside the bar."""
        if not self._wanted:
            return
        with self._lock:
            self._done += amount
            if self._shown is None:
                self._open()
            if self._shown:
                bar, task = self._shown
                said = f"{self._what}, {note}" if note else None
                bar.update(task, completed=self._done, description=said)

    def _open(self) -> None:
        if time.monotonic() - self._begun < _AFTER_S:
            return
        # Loaded here: most checks are over before there is anything to show.
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import Progress  # noqa: PLC0415

        bar = Progress(console=Console(stderr=True), transient=True)
        bar.start()
        self._shown = bar, bar.add_task(self._what, total=self._total or None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._shown[0].stop()
