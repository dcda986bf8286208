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
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import polars as pl
from numpy.typing import NDArray

from datastd.kernels import kernel
from datastd.model import Level

Numbers: TypeAlias = NDArray[Any]
Values: TypeAlias = NDArray[Any] | pl.Series
Table: TypeAlias = pl.DataFrame | Mapping[str, NDArray[Any]]
_Step: TypeAlias = tuple[str, Callable[..., Any], tuple[str, ...]]

__all__ = [
    "Measure",
    "Numbers",
    "Steps",
    "Table",
    "Values",
    "evaluate",
    "frame",
    "intermediates",
    "kernel",
    "measure",
]


@dataclass(frozen=True, slots=True)
class Measure:
    """
    An instrument, and the code under which a limit on its column is judged.

    Attributes:
        function: Gives one array or series of shape (N,), or a table of several rows per
            sample, a frame or its columns by name, whose column ``row`` numbers the
            samples of the batch.
        code: The rule that a row limit on this column is.
        name: The defect that a value outside the limits is.
        unit: Unit of the values.
        level: What a value outside the limits means, unless a standard raises it.
        version: Counts changes of the definition; part of a standard's digest.
    """

    function: Callable[..., Values | Table]
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
) -> Callable[[Callable[..., Values | Table]], Measure]:
    """Make a measure of a function; its name becomes the column's."""
    return lambda function: Measure(function, code, name, unit, level, version)


def evaluate(measures: Iterable[Measure], given: Mapping[str, Any]) -> dict[str, Values | Table]:
    """
    Apply *measures* to what is *given*: a batch's columns, and inputs by role.

    A measure for which something is missing gives no column; a rule that asks for
    it has looked at nothing.
    """
    return Steps.of(measures, given).carried_out(given)


@dataclass(frozen=True, slots=True)
class Steps:
    """
    What to compute, and in which order, of anything that is given under the same names.

    Attributes:
        intermediates: Name, function and what it takes of each, after what it takes.
        measures: Likewise, by column.
    """

    intermediates: Sequence[_Step]
    measures: Sequence[_Step]

    @classmethod
    def of(cls, measures: Iterable[Measure], given: Collection[str]) -> Self:
        """Find what *measures* need beside what is *given*; leave out those that lack something."""
        known: dict[str, _Step] = {}
        wanted = []
        for one in measures:
            if one.column in given:  # a table that brings the column with it
                continue
            found = dict(known)
            if all(_find(name, one.function, given, found) for name in one.needs):
                known = found
                wanted.append((one.column, one.function, one.needs))
        return cls([*known.values()], wanted)

    def carried_out(self, given: Mapping[str, Any]) -> dict[str, Values | Table]:
        """Compute each once."""
        known = {**given}
        for name, function, needs in self.intermediates:
            known[name] = function(*[known[need] for need in needs])
        return {
            name: function(*[known[need] for need in needs])
            for name, function, needs in self.measures
        }


@functools.cache  # asked for every batch, and reflection takes its time
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


def intermediates(measures: Iterable[Measure]) -> frozenset[str]:
    """Names of what is computed on the way to *measures*: nothing given may bear them."""
    found: dict[str, Callable[..., Any]] = {}
    askers = [one.function for one in measures]
    while askers:
        asker = askers.pop()
        for name in _needs(asker):
            function = _function(name, asker)
            if function and name not in found:
                found[name] = function
                askers.append(function)
    return frozenset(found)


def _find(
    name: str, asker: Callable[..., Any], given: Collection[str], found: dict[str, _Step]
) -> bool:
    """Put the intermediate *name*, after what it needs, into *found*; say whether there is one."""
    if name in given or name in found:
        return True
    function = _function(name, asker)
    if function is None:
        return False
    needs = _needs(function)
    if not all(_find(need, function, given, found) for need in needs):
        return False
    found[name] = name, function, needs
    return True


def _function(name: str, asker: Callable[..., Any]) -> Callable[..., Any] | None:
    """The function of a name in the module of *asker*, or in its package."""
    for place in (asker.__module__, asker.__module__.rpartition(".")[0]):
        function = getattr(sys.modules.get(place), name, None)
        if inspect.isfunction(function):
            return function
    return None
