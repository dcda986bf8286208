"""Loops over bytes and numbers, compiled: numba, as datastd needs it."""

import contextlib
import fcntl
import functools
import hashlib
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np
from numba.core import event
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.extending import register_jitable

P = ParamSpec("P")
R = TypeVar("R")


IS_COMPILING = not vars(numba.config).get("DISABLE_JIT")
"""Whether kernels become machine code, and not what Python runs."""

_DAMAGED = (
    EOFError, pickle.UnpicklingError, ValueError, LookupError, AttributeError, ImportError,
)  # fmt: skip
"""What unpickling raises where a file is not what it was."""

_LOOK_S = 0.05  # seconds between two looks at whether another process has compiled
_WAIT_S = 120.0  # seconds after which it is not waited for any longer

_announced: list[bool] = []
_announcing = threading.Lock()


def announce() -> None:
    """Say once that compiling takes its time, on the standard error."""
    with _announcing:
        if not _announced:
            _announced.append(True)
            said = "datastd: compiling kernels, once on this machine; it may take a minute …"
            print(said, file=sys.stderr)  # noqa: T201


def leave_it_unsaid() -> None:
    """Announce nothing in this process, and in those forked from it: who started it does."""
    with _announcing:
        _announced.append(True)


def _stamp(function: FunctionType) -> str:
    """
    Digest of all that the code of a function is made from, in whatever module it stands.

    numba's own is of the function's module alone: with another version of a helper's, or of a
    constant's, the code of the old one would be run.
    """
    total, seen, open_ = hashlib.sha256(), set[FunctionType](), [function]
    while open_:
        one = open_.pop()
        if one in seen:
            continue
        seen.add(one)
        total.update(_digest_of(one.__code__.co_filename))
        for value in _named(one):
            if isinstance(value, FunctionType):
                open_.append(value)
            else:
                total.update(_content(value))
    return total.hexdigest()


@functools.cache
def _digest_of(file: str) -> bytes:
    try:
        return hashlib.sha256(Path(file).read_bytes()).digest()
    except OSError:  # in a notebook, or in an archive: numba's own stamp is all there is
        return b""


def _named(function: FunctionType) -> Iterator[object]:
    """What a function is closed over, and what its globals, or modules there, call as it does."""
    yield from (cell.cell_contents for cell in function.__closure__ or ())
    names = [*_names(function.__code__)]
    for name in names:
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType):
            yield from (vars(value).get(inner) for inner in names)
        else:
            yield value


def _names(code: CodeType) -> Iterator[str]:
    """The names in a code, and in the functions within it: a comprehension is one."""
    yield from code.co_names
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _names(value)


def _content(value: object) -> bytes:
    """A constant, as bytes that are others for another; of anything else, nothing."""
    if isinstance(value, tuple):
        return b"(" + b",".join(map(_content, value)) + b")"
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}".encode() + value.tobytes()
    known = isinstance(value, bool | int | float | str | bytes | np.generic)
    return repr(value).encode() if known else b""


class _Kept(CompileResultCacheImpl):
    """
    Where numba keeps code: with the user's caches, and beside the module only if it must.

    To uninstall leaves what was never installed, and a folder of the package's name that holds
    code alone stands for the package: an editable install after it would not be found.
    """

    _locator_classes = sorted(
        CompileResultCacheImpl._locator_classes,  # noqa: SLF001
        key=lambda place: place.__name__.endswith("InTreeCacheLocator"),
    )


class _Cache(FunctionCache):
    """
    numba's cache on disk of one function, for processes that need it at the same time.

    One of them compiles, and the others wait, and load: many would take as long, and all cores.
    """

    _impl_class = _Kept

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self._is_stamped = False
        self._turn: int | None = None  # the descriptor that is locked while it compiles

    def load_overload(self, sig: Any, target_context: Any) -> Any:  # noqa: ANN401
        if not self._is_stamped:  # by now all that is called is defined
            file = self._cache_file
            file._source_stamp = (file._source_stamp, _stamp(self._py_func))  # noqa: SLF001
            self._is_stamped = True
        found = super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        if found is None and self._turn is None:
            self._take_turn()
            # By now another process may have saved it.
            found = super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
            if found is None:
                announce()
            else:
                self.leave()
        return found

    def save_overload(self, sig: Any, data: Any) -> None:  # noqa: ANN401
        try:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
        finally:
            self.leave()

    def leave(self) -> None:
        """Let others compile."""
        turn, self._turn = self._turn, None
        if turn is not None:
            os.close(turn)

    def _take_turn(self) -> None:
        """Lock the folder, for some time at most; where that cannot be, everyone compiles."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.suppress(OSError))
            turn = os.open(self.cache_path, os.O_RDONLY | os.O_CLOEXEC)
            stack.callback(os.close, turn)
            # For who waits for this process, it compiles.
            stack.enter_context(event.trigger_event("numba:compile", data={}))
            until = time.monotonic() + _WAIT_S
            while self._turn is None and time.monotonic() < until:
                try:
                    fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    time.sleep(_LOOK_S)
                else:
                    self._turn = os.dup(turn)

    def forget(self) -> None:
        """Remove what is kept of the function: its index, and code for every type."""
        self.leave()
        kept = f"*.{self._py_func.__qualname__}-*.nb[ic]"
        for path in Path(self.cache_path).glob(kept):
            path.unlink(missing_ok=True)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """
    Compile *function* with numba: lock released, machine code cached on disk.

    Where no cache folder can be written, every process compiles for itself; where what
    is cached is damaged, it is compiled again.
    """
    compiled = numba.njit(nogil=True)(function)
    if compiled is function:  # NUMBA_DISABLE_JIT, in a notebook's process: slow, and exact
        return function
    try:
        cache = _Cache(function)
    except RuntimeError:  # numba found no folder that it may write to
        return compiled
    # As numba's own `enable_caching` does.
    compiled._cache = cache  # type: ignore[attr-defined]  # noqa: SLF001

    @functools.wraps(function)
    def called(*arguments: P.args, **options: P.kwargs) -> R:
        try:
            return compiled(*arguments, **options)
        except _DAMAGED:  # kernels raise nothing themselves
            cache.forget()
            return compiled(*arguments, **options)
        except BaseException:
            cache.leave()
            raise

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


@kernel
def _nothing() -> None:
    """Do nothing."""


def warm() -> None:
    """Have numba load its tables now, for which the first call of a kernel waits 0.3 s."""
    _nothing()
