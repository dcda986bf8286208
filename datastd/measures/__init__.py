"""
What a measure is: an instrument.  A batch in, a column out, and no limits.

A measure is a function whose parameters name what it needs: a column of the batch
(``image``, ``label``), an input by its role (``tokenizer``), or an intermediate, a
plain function of that name in the measure's module or its package.  Intermediates
are computed once per batch, and only those that a named measure asks for.

A measure over annotations (``over="annotations"``) takes their columns, each a series as
`Batch.annotations` has it, and gives one value for each of them.  What else it names is
looked for among the samples: a column of the batch, or what another measure gave, is
taken as it is, one value per *sample*, and ``row`` says which of them is an annotation's:
``width_px[row]``; one that has the name of an annotation's column is called
``sample_text``.  Nothing is spread out before a measure asks for it, so that a million
boxes of one picture cost no million copies of it.  A measure of the samples may take
``annotations``, the whole frame.

What the measures of the data have to know of another dataset, a `Probe` makes of it
before the data are read; a measure takes it by its name, likewise.

What a person has to know of a value outside its limits (which role, which key, which of two
sizes) its `Words` say.  They are asked about the first such rows alone, which are read once more:
sound data never ask them, and no column is kept for them.

To add a measure, write one module with one decorated function; a standard that
imports it may name it.
"""

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.kernels import helper, kernel
from datastd.model import Level

Numbers: TypeAlias = NDArray[Any]
Values: TypeAlias = NDArray[Any] | pl.Series
Table: TypeAlias = pl.DataFrame | Mapping[str, NDArray[Any]]
Over: TypeAlias = Literal["samples", "annotations"]
_Step: TypeAlias = tuple[str, Callable[..., Any], tuple[str, ...]]

__all__ = [
    "Instrument",
    "Measure",
    "Numbers",
    "Over",
    "Probe",
    "Steps",
    "Table",
    "Values",
    "Words",
    "evaluate",
    "frame",
    "helper",
    "intermediates",
    "kernel",
    "marked",
    "measure",
    "needed",
    "probe",
    "probes",
    "takers",
    "words",
]


@dataclass(frozen=True, slots=True)
class Instrument:
    """
    A function that is applied to batches, known by its name.

    Attributes:
        function: Gives one array or series of shape (N,), or a table of several rows per
            sample, a frame or its columns by name, whose column ``row`` numbers the
            samples of the batch.
    """

    function: Callable[..., Values | Table]

    @property
    def column(self) -> str:
        """Name of the column, or of the table, that it fills."""
        return self.function.__name__

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of what the function takes."""
        return _needs(self.function)

    def __reduce__(self) -> tuple[Callable[..., "Instrument"], tuple[str, str]]:
        return _of_module, (self.function.__module__, self.function.__qualname__)


@dataclass(frozen=True, slots=True)
class Measure(Instrument):
    """
    An instrument, and the code under which a limit on its column is judged.

    Attributes:
        function: As every instrument's.
        code: The rule that a row limit on this column is.
        name: The defect that a value outside the limits is.
        unit: Unit of the values.
        level: What a value outside the limits means, unless a standard raises it.
        version: Counts changes of the definition; part of a standard's digest.
        over: The table that it fills a column of: it has a value for each row of that.
        words: What say of a row what is wrong with it; none where the value says it.
    """

    code: str
    name: str
    unit: str
    level: Level
    version: int
    over: Over = "samples"
    words: "Words | None" = None

    def __post_init__(self) -> None:
        if self.words and self.words.over != self.over:
            msg = f"{self.column}: expected words over {self.over}, found {self.words.over}"
            raise ValueError(msg)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.function.__doc__


@dataclass(frozen=True, slots=True)
class Words(Instrument):
    """
    What say of a row outside the limits of a measure what is wrong with it.

    Attributes:
        function: As every instrument's; gives strings, ``expected …, found …``, null where there
            is nothing to say.  Names that a format gives its parts may stand in them (`named`),
            and numbers; what somebody says in the data may not.  Of a source whose records are
            text it may ask for ``record``, that of each sample.
        over: As of the measure.
    """

    over: Over = "samples"


@dataclass(frozen=True, slots=True)
class Probe(Instrument):
    """
    What measures of the data know of an input: made before the data are read.

    Its definition is part of that of the measures that take it, and has no version.

    Attributes:
        function: As every instrument's, applied to the input; it gives a table.
        role: The input, which is a dataset.
        whole: Makes of the keys of all samples of the input, and of the tables as one, whose
            ``row`` numbers these, a plain value that pickles.  What else it takes by name,
            the rules tell.
    """

    role: str
    whole: Callable[..., Any]

    def made(self, keys: pl.Series, table: pl.DataFrame, told: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """What a measure is given."""
        return self.whole(keys, table, *(told[name] for name in _needs(self.whole)[2:]))


def _of_module(module: str, name: str) -> Instrument:
    """The instrument of that name, in another process; its function bears no name of its own."""
    found = getattr(importlib.import_module(module), name)
    if not isinstance(found, Instrument):
        raise TypeError(name)
    return found


def measure(  # noqa: PLR0913
    code: str,
    name: str,
    *,
    unit: str,
    level: Level = Level.ERROR,
    version: int = 1,
    over: Over = "samples",
    words: Words | None = None,
) -> Callable[[Callable[..., Values | Table]], Measure]:
    """Make a measure of a function; its name becomes the column's."""
    return lambda function: Measure(function, code, name, unit, level, version, over, words)


def words(over: Over = "samples") -> Callable[[Callable[..., pl.Series]], Words]:
    """Make words of a function, for a measure to be given."""
    return lambda function: Words(function, over)


def probe(role: str, whole: Callable[..., Any]) -> Callable[[Callable[..., Values | Table]], Probe]:
    """Make a probe of a function; measures take by its name what comes of it."""
    return lambda function: Probe(function, role, whole)


def probes(measures: Iterable[Measure]) -> tuple[Probe, ...]:
    """What *measures* take of inputs, each once."""
    found = (
        known for one in measures for name in one.needs for known in _named(name, one.function)
    )
    return tuple(dict.fromkeys(one for one in found if isinstance(one, Probe)))


def are_over(one: Instrument, table: Over) -> bool:
    """Say whether an instrument is applied to the rows of a table; probes are of samples."""
    return table == (one.over if isinstance(one, Measure | Words) else "samples")


def evaluate(measures: Iterable[Instrument], given: Mapping[str, Any]) -> dict[str, Values | Table]:
    """
    Apply *measures* to what is *given*: a batch's columns, and inputs by role.

    A measure for which something is missing gives no column; a rule that asks for
    it has looked at nothing.
    """
    return steps_of(tuple(measures), frozenset(given)).carried_out(given)


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
    def of(cls, measures: Iterable[Instrument], given: Collection[str]) -> Self:
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


@functools.lru_cache(64)  # asked for every batch, of which most have the same
def steps_of(measures: tuple[Instrument, ...], given: frozenset[str]) -> Steps:
    """As `Steps.of`, and found once."""
    return Steps.of(measures, given)


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


def marked(count: int, rows: pl.Series) -> pl.Series:
    """A column of so many 0, and 1 in the *rows* that are numbered; Int64."""
    found = np.zeros(count, np.int64)
    found[rows.to_numpy()] = 1
    return pl.Series(found)


def _named(name: str, asker: Callable[..., Any]) -> Iterator[object]:
    """What bears a name in the module of who asks, and in its package."""
    module = sys.modules[asker.__module__]
    package = sys.modules.get(asker.__module__.rpartition(".")[0])
    for place in (module, package):
        yield getattr(place, name, None)


def intermediates(measures: Iterable[Instrument]) -> frozenset[str]:
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


def takers(measures: Iterable[Instrument], names: Collection[str]) -> frozenset[str]:
    """Columns of those *measures* that take something of these names, however far on the way."""
    known, taken = {one.column: _all_needs(one.function) for one in measures}, {*names}
    while more := {column for column, needs in known.items() if needs & taken} - taken:
        taken |= more
    return frozenset(taken - {*names})


def needed(some: Iterable[Instrument]) -> frozenset[str]:
    """Names of what instruments take, and of what is computed for it."""
    return frozenset(name for one in some for name in _all_needs(one.function))


def _all_needs(function: Callable[..., Any]) -> frozenset[str]:
    """Names of what a function takes, and what is computed for it."""
    found = {*_needs(function)}
    for name in _needs(function):
        if (step := _function(name, function)) is not None:
            found |= _all_needs(step)
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
    for function in _named(name, asker):
        if inspect.isfunction(function):
            return function
    return None
