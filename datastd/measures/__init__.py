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
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import polars as pl
from numpy.typing import NDArray

from datastd.kernels import kernel
from datastd.model import Level

Numbers: TypeAlias = NDArray[Any]
Table: TypeAlias = pl.DataFrame | Mapping[str, NDArray[Any]]

__all__ = ["Measure", "Numbers", "Table", "evaluate", "frame", "kernel", "measure"]


@dataclass(frozen=True, slots=True)
class Measure:
    """
    An instrument, and the code under which a limit on its column is judged.

    Attributes:
        function: Gives one array of shape (N,), or a table of several rows per
            sample, a frame or its columns by name, whose column ``row`` numbers the
            samples of the batch.
        code: The rule that a row limit on this column is.
        name: The defect that a value outside the limits is.
        unit: Unit of the values.
        level: What a value outside the limits means, unless a standard raises it.
        version: Counts changes of the definition; part of a standard's digest.
    """

    function: Callable[..., Numbers | Table]
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
        return _needs(self.function)

    def __reduce__(self) -> tuple[Callable[..., "Measure"], tuple[str, str]]:
        return _of_module, (self.function.__module__, self.function.__qualname__)


def _of_module(module: str, name: str) -> Measure:
    """The measure of that name, in another process; its function bears no name of its own."""
    found = getattr(importlib.import_module(module), name)
    if not isinstance(found, Measure):
        raise TypeError(name)
    return found


def measure(
    code: str, name: str, *, unit: str, level: Level = Level.ERROR, version: int = 1
) -> Callable[[Callable[..., Numbers | Table]], Measure]:
    """Make a measure of a function; its name becomes the column's."""
    return lambda function: Measure(function, code, name, unit, level, version)


def evaluate(measures: Iterable[Measure], given: Mapping[str, Any]) -> dict[str, Numbers | Table]:
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


@functools.cache  # asked for every picture, and reflection takes its time
def _needs(function: Callable[..., Any]) -> tuple[str, ...]:
    """Names of what a function takes."""
    return tuple(inspect.signature(function).parameters)


def frame(table: Table) -> pl.DataFrame:
    """A narrow table as a frame; columns of objects are bytes."""
    if isinstance(table, pl.DataFrame):
        return table
    return pl.DataFrame(
        {
            name: pl.Series(name, column.tolist(), pl.Binary) if column.dtype == object else column
            for name, column in table.items()
        }
    )


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
            known[name] = function(*(_find(n, function, known) for n in _needs(function)))
            return known[name]
    raise _Missing(name)
