"""Loops over bytes and numbers, compiled: numba, as datastd needs it."""

import functools
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
from numba.extending import register_jitable

P = ParamSpec("P")
R = TypeVar("R")


IS_COMPILING = not vars(numba.config).get("DISABLE_JIT")
"""Whether kernels become machine code, and not what Python runs."""


def _cached(compiled: Any) -> Iterator[Path]:  # noqa: ANN401  -- numba's dispatcher
    """The files in which numba keeps what it compiled of a function: index and code."""
    cache = Path(compiled.stats.cache_path or ".")
    return cache.glob(f"*.{compiled.py_func.__qualname__}-*.nb[ic]")


_DAMAGED = (
    EOFError, pickle.UnpicklingError, ValueError, LookupError, AttributeError, ImportError,
)  # fmt: skip
"""What unpickling raises where a file is not what it was."""

_announced: list[bool] = []
_announcing = threading.Lock()


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """
    Compile *function* with numba: lock released, machine code cached on disk.

    Where no cache folder can be written, every process compiles for itself; where what
    is cached is damaged, it is compiled again.  The first compilation on a machine says
    so, on the standard error.
    """
    try:
        compiled = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba found no folder that it may write to
        return numba.njit(nogil=True)(function)
    if compiled is function:  # NUMBA_DISABLE_JIT, in a notebook's process: slow, and exact
        return function

    begun = False

    @functools.wraps(function)
    def called(*arguments: P.args, **options: P.kwargs) -> R:
        nonlocal begun
        if not begun:  # the first call of this process compiles, or loads
            _announce(compiled)
            begun = True
        try:
            return compiled(*arguments, **options)
        except _DAMAGED:  # kernels raise nothing themselves
            for path in _cached(compiled):
                path.unlink(missing_ok=True)
            return compiled(*arguments, **options)

    return called


def helper(function: Callable[P, R]) -> Callable[P, R]:
    """
    Let kernels call *function*, which may take arrays, and neither makes nor returns one.

    Numba counts references to each array at every call that it does not inline: atomic
    additions, which take longer than most of what is called.  Here the caller holds the
    arrays, and none are counted.
    """
    # `_nrt` is numba's own: a numba without it says so at import.
    found: Callable[P, R] = register_jitable(_nrt=False, forceinline=True)(function)
    return found


def routine(function: Callable[P, R]) -> Callable[P, R]:
    """As `helper`, of what is long: compiled once, and called from wherever it is needed."""
    found: Callable[P, R] = register_jitable(_nrt=False)(function)
    return found


def _announce(compiled: Any) -> None:  # noqa: ANN401
    """Say once that compiling takes a moment, if nothing is cached yet."""
    with _announcing:
        if _announced or any(_cached(compiled)):
            return
        _announced.append(True)
        print(  # noqa: T201
            "datastd: compiling kernels, once on this machine …", file=sys.stderr
        )


@kernel
def _nothing() -> None:
    """Do nothing."""


def warm() -> None:
    """Have numba load its tables now, for which the first call of a kernel waits 0.3 s."""
    _nothing()
