"""
What a measure is: an instrument.  A batch in, a column out, and no limits.

A measure is a function whose parameters name what it needs: a column of the batch
(``image``, ``label``), an input by its role (``tokenizer``), or an intermediate, a
plain function of that name in the measure's module or its package.  Intermediates
are computed once per batch, and only those that a named measure asks for.

To add a measure, write one module with one decorated function; a standard that
imports it may name it.
"""

import functools
import inspect
import pickle
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeAlias, TypeVar

import numba
import polars as pl
from numpy.typing import NDArray

from datastd.model import Level

Numbers: TypeAlias = NDArray[Any]
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Measure:
    """
    An instrument, and the code under which a limit on its column is judged.

    Attributes:
        function: Gives one array of shape (N,), or a table of several rows per
            sample whose column ``row`` numbers the samples of the batch.
        code: The rule that a row limit on this column is.
        name: The defect that a value outside the limits is.
        unit: Unit of the values.
        level: What a value outside the limits means, unless a standard raises it.
        version: Counts changes of the definition; part of a standard's digest.
    """

    function: Callable[..., Numbers | pl.DataFrame]
    code: str
    name: str
    unit: str
    level: Level
    version: int

    @property
    def column(self) -> str:
        """Name of the column, or of the table, that the measure fills."""
        return self.function.__name__

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.function.__doc__

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of what the function takes."""
        return tuple(inspect.signature(self.function).parameters)


def measure(
    code: str, name: str, *, unit: str, level: Level = Level.ERROR, version: int = 1
) -> Callable[[Callable[..., Numbers | pl.DataFrame]], Measure]:
    """Make a measure of a function; its name becomes the column's."""
    return lambda function: Measure(function, code, name, unit, level, version)


def evaluate(
    measures: Iterable[Measure], given: Mapping[str, Any]
) -> dict[str, Numbers | pl.DataFrame]:
    """
    Apply *measures* to what is *given*: a batch's columns, and inputs by role.

    A measure for which something is missing gives no column; a rule that asks for
    it has looked at nothing.
    """
    known: dict[str, Any] = dict(given)
    results = {}
    for one in measures:
        if one.column in given:  # a table that brings the column with it
            continue
        try:
            arguments = [_find(name, one.function, known) for name in one.needs]
        except _Missing:
            continue
        results[one.column] = one.function(*arguments)
    return results


class _Missing(Exception):  # noqa: N818
    """Nothing of that name was given, and no intermediate bears it."""


def _find(name: str, asker: Callable[..., Any], known: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return what *name* stands for, computing an intermediate the first time."""
    if name in known:
        return known[name]
    module = sys.modules[asker.__module__]
    package = sys.modules.get(asker.__module__.rpartition(".")[0])
    for place in (module, package):
        function = getattr(place, name, None)
        if inspect.isfunction(function):
            needs = inspect.signature(function).parameters
            known[name] = function(*(_find(need, function, known) for need in needs))
            return known[name]
    raise _Missing(name)


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

    @functools.wraps(function)
    def called(*arguments: P.args, **options: P.kwargs) -> R:
        if not compiled.signatures:  # the first call of this process compiles, or loads
            _announce(compiled)
        try:
            return compiled(*arguments, **options)
        except _DAMAGED:  # kernels raise nothing themselves
            for path in _cached(compiled):
                path.unlink(missing_ok=True)
            return compiled(*arguments, **options)

    return called


def _announce(compiled: Any) -> None:  # noqa: ANN401
    """Say once that compiling takes a moment, if nothing is cached yet."""
    with _announcing:
        if _announced or any(_cached(compiled)):
            return
        _announced.append(True)
        print(  # noqa: T201
            "datastd: compiling kernels, once on this machine …", file=sys.stderr
        )
