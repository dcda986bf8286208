"""Signals that ask for an end, noted until it can be made in good order."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def asked_to_stop() -> Iterator[threading.Event]:
    """
    Note a SIGTERM or Ctrl-C, so that the step can be ended and a checkpoint be written.

    Ctrl-C for a second time ends it at once.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked  # Python takes signals in the main thread alone
        return
    before = {
        one: signal.getsignal(one) or signal.SIG_DFL for one in (signal.SIGTERM, signal.SIGINT)
    }

    def note(number: int, frame: FrameType | None) -> None:
        if asked.is_set() and number == signal.SIGINT:
            signal.default_int_handler(number, frame)  # who asks twice waits for no step
        asked.set()

    for one in before:
        signal.signal(one, note)
    try:
        yield asked
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
