"""
Processes of our own, forked from a server that has loaded what they need.

multiprocessing's server, started so that it neither looks into the folder that we run in,
which may be a dataset's, nor runs the user's script a second time.
"""

import contextlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from multiprocessing.forkserver import ensure_running
from multiprocessing.process import BaseProcess
from types import ModuleType

CONTEXT = multiprocessing.get_context("forkserver")

PRELOAD = "datastd.preload"
_starting = threading.Lock()


def serve() -> None:
    """
    Start the server, if it does not run yet.

    It loads for a second; whoever will need it can call this early.
    """
    CONTEXT.set_forkserver_preload([PRELOAD])
    with _starting, _environment():
        ensure_running()


def start(process: BaseProcess) -> None:
    """
    Start a process of `CONTEXT` that does not run the user's script again.

    multiprocessing would, to find what was defined there; nothing of it is sent.
    """
    serve()
    with _starting:
        theirs = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            process.start()
        finally:
            sys.modules["__main__"] = theirs


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """What the server starts with: our import path, and no folder that we happen to be in."""
    path = os.pathsep.join(one for one in sys.path if one)
    given = {"PYTHONSAFEPATH": "1", "PYTHONPATH": path}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
