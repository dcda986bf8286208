"""
Records: what every format has in common whose samples are values by name.

A format gives the columns that are asked for; whether they make a record is said here, once,
by the Pydantic model that the standard names.
"""

import json
import unicodedata
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import ValidationError

from datastd.disk import Tree
from datastd.errors import DataChanged, UsageError
from datastd.records import (
    NULL,
    Column,
    Document,
    Record,
    Wrong,
    as_a_whole,
    columns,
    errors_by_place,
)
from datastd.records.words import Form
from datastd.sources import Batch, Defect, Shard, Source, keys
from datastd.sources import Column as Values
from datastd.sources.encoding import nulls
from datastd.sources.tabular.defects import (
    ColumnMissing,
    ColumnUnexpected,
    CrossColumnRule,
    DocRequiredKeys,
    DtypeMismatch,
    NonfiniteValue,
    NullInRequired,
    StringLength,
    StringPattern,
    TextFieldMissing,
    TimestampNotIso,
    ValueNotInSet,
    ValueOutOfRange,
)

if TYPE_CHECKING:
    from polars.datatypes import DataTypeClass


class _Wrong(NamedTuple):
    """What is wrong with a record: which, and the parts of its defect."""

    row: int
    kind: type[Defect]
    column: str
    expected: str
    found: str


_KINDS: Mapping[str, type[Defect]] = {
    **dict.fromkeys(
        ("greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of"),
        ValueOutOfRange,
    ),
    **dict.fromkeys(("literal_error", "enum"), ValueNotInSet),
    **dict.fromkeys(("string_too_short", "string_too_long"), StringLength),
    **dict.fromkeys(("value_error", "assertion_error"), CrossColumnRule),
    "string_pattern_mismatch": StringPattern,
    "finite_number": NonfiniteValue,
}
"""By Pydantic's name of the error; any other is about the type."""


@dataclass(frozen=True, slots=True)
class Rows:
    """
    Records as a format reads them, before anything was asked of them.

    Attributes:
        numbers: The number of each in its payload, from 0, rising; int64.
        frame: The columns that were asked for and are there, by the data's own names; null
            where a record has no value.
        place: Says where the record of a row is, such as ``line 7``.
        forms: What columns hold that do not hold values: JSON, or strings for values.
        beside: Columns of the batch that the format itself fills; under ``record`` all that a
            record holds but its label, as text that is equal where its values are.
        strange: A name that no field of the record has, by row; none means that the
            frame's columns tell.
    """

    numbers: NDArray[np.int64]
    frame: pl.DataFrame
    place: Callable[[int], str]
    forms: Mapping[str, Form] = field(default_factory=dict)
    beside: Mapping[str, Values] = field(default_factory=dict)
    strange: Mapping[int, str] | None = None

    def between(self, start: int, stop: int) -> "Rows":
        """The records from one up to another; their values are not copied."""
        strange = self.strange
        if strange is not None:
            strange = {row - start: name for row, name in strange.items() if start <= row < stop}
        return Rows(
            self.numbers[start:stop], self.frame[start:stop],
            lambda row: self.place(row + start),
            self.forms, {name: values[start:stop] for name, values in self.beside.items()}, strange,
        )  # fmt: skip

    def only(self, rows: NDArray[np.int64]) -> "Rows":
        """Some of the records."""
        strange = self.strange
        if strange is not None:
            strange = {n: strange[row] for n, row in enumerate(rows.tolist()) if row in strange}
        return Rows(
            self.numbers[rows], self.frame[rows] if self.frame.width else self.frame,
            lambda row: self.place(int(rows[row])),
            self.forms, {name: values[rows] for name, values in self.beside.items()}, strange,
        )  # fmt: skip


class Tabular(Source):
    """
    A format of records.

    A subclass has `plan`, and `rows`; the rest is the same for all.

    Attributes:
        record: What a record must be; the standard's, once it is known.
        column: What the data call the text, where the format says so; else the record does.

    Class attributes:
        option: What an option of the format names, if one does: the ``key`` of the text, the
            ``column``.
    """

    option: ClassVar[str] = ""

    KINDS: ClassVar[tuple[type[Defect], ...]] = (
        TextFieldMissing, DocRequiredKeys, TimestampNotIso, ColumnMissing, ColumnUnexpected,
        DtypeMismatch, NullInRequired, ValueOutOfRange, ValueNotInSet, StringPattern,
        StringLength, NonfiniteValue, CrossColumnRule,
    )  # fmt: skip
    columns: ClassVar[tuple[str, ...]] = ("text",)

    def __init__(self, tree: Tree, column: str = "") -> None:
        super().__init__(tree)
        self.record: type[Record] = Document
        self.column = column

    @classmethod
    def of(cls, tree: Tree, options: Sequence[str] = ()) -> Self:
        if not cls.option:
            return super().of(tree, options)
        if len(options) > 1 or "" in options:
            found = f"{cls.format}:{','.join(options)}"
            raise UsageError("--format", f"one {cls.option}, such as {cls.format}:content", found)
        return cls(tree, *options)

    @property
    def called(self) -> str:
        return f"{self.format}:{self.column}" if self.column else self.format

    @abstractmethod
    def rows(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        """
        Yield each record of *shard* once, in order: in rows, or as its defect.

        Args:
            shard: One of the plan's.
            wanted: The data's names of the columns that are asked for; None means all.
        """

    def every(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        """
        Yield as `rows` does, where all that a record holds was read, whatever is wanted of it.

        A format that reads a record as a whole has no more to do.
        """
        return self.rows(shard, wanted)

    def named(self, column: Column) -> str:
        """What the data call a field of the record."""
        return self.column or column.called if column.name == "text" else column.called

    @property
    def stated(self) -> frozenset[str]:
        return super().stated | {one.name for one in columns(self.record)}

    @property
    def _wanted(self) -> list[str] | None:
        """The data's names of the columns that the record is about; None for all there are."""
        if "text" not in self.record.model_fields or self.record.model_config["extra"] == "forbid":
            return None
        return [self.named(one) for one in columns(self.record)]

    def read(self, shard: Shard) -> Iterator[Batch | Defect]:
        for found in self.every(shard, self._wanted):
            if isinstance(found, Defect):
                yield found
            else:
                yield from self._judged(shard.path, found)

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        wanted = np.unique(rows)
        taken = [*self._taken(path, wanted)]
        found = [key for one in taken for key in one.keys]
        if len(found) < len(wanted):
            missing = next(key for key in self.keyed(path, wanted) if key not in {*found})
            raise DataChanged(missing, "a record", "none", "run the check again")
        at = np.searchsorted(wanted, rows)
        columns = {
            name: pl.concat([pl.DataFrame({name: one.columns[name]}) for one in taken])[name][at]
            for name in (taken[0].columns if taken else ())
        }
        return Batch(self.keyed(path, rows), columns)

    def keyed(self, path: str, rows: NDArray[np.int64]) -> pl.Series:
        """Keys of the records numbered *rows* of a payload: a file, and a number in it."""
        return keys(path, rows)

    def shards_with(self, path: str, wanted: NDArray[np.int64]) -> Iterator[Shard]:
        """Yield the shards of a payload that hold any of the records numbered *wanted*."""
        for shard in self.plan().shards:
            if shard.path == path and ((wanted >= shard.start) & (wanted < shard.stop)).any():
                yield shard

    def _taken(self, path: str, wanted: NDArray[np.int64]) -> Iterator[Batch]:
        """Yield those of the records *wanted*, in order, that are read."""
        for shard in self.shards_with(path, wanted):
            for found in self.rows(shard, self._wanted):
                if isinstance(found, Rows):
                    here = np.flatnonzero(np.isin(found.numbers, wanted))
                    judged = self._judged(path, found.only(here)) if len(here) else ()
                    yield from (one for one in judged if isinstance(one, Batch))

    def _judged(self, path: str, rows: Rows) -> Iterator[Batch | Defect]:
        """Yield what is wrong with records, then those that are read."""
        if absent := self._absent(path, rows):
            yield absent
            return
        values, wrong = self._asked(rows)
        lost = {one.row: one for one in reversed(wrong) if one.kind.loses}
        named = self.keyed(path, rows.numbers)
        for one in wrong:
            if lost.get(one.row, one) is one:
                key, place = named[one.row], rows.place(one.row)
                at = f"{place}: {one.column}" if one.column else place
                yield one.kind(key.rpartition("#")[0], at, one.expected, one.found, key)
        kept: dict[str, Values] = {
            name: column for name, column in values.items() if isinstance(column, pl.Series)
        }
        kept |= rows.beside
        frame = rows.frame
        if lost:
            is_read = np.ones(len(rows.numbers), np.bool_)
            is_read[[*lost]] = False
            read = np.flatnonzero(is_read)
            if not len(read):
                return
            kept = {name: column[read] for name, column in kept.items()}
            named, frame = named.gather(read), frame[read]
        if "text" not in values and "record" not in kept:
            kept["record"] = self._canonical(frame)
        yield Batch(named, kept)

    def _absent(self, path: str, rows: Rows) -> Defect | None:
        """What is wrong with all rows alike: columns that each needs, and none has."""
        absent = {
            one.name: self.named(one) for one in columns(self.record)
            if one.required and self.named(one) not in rows.frame.columns
        }  # fmt: skip
        if not absent:
            return None
        kind = TextFieldMissing if "text" in absent else ColumnMissing
        named = ", ".join(repr(name) for name in absent.values())
        expected = f"a column {named}" if len(absent) == 1 else f"columns {named}"
        return kind(path, "", expected, "none", samples=len(rows.numbers))

    def _asked(self, rows: Rows) -> tuple[dict[str, pl.Series | list[Any]], list[_Wrong]]:
        """The fields of the record by name, and what is wrong, by row."""
        values: dict[str, pl.Series | list[Any]] = {}
        wrong: list[_Wrong] = []
        for one in columns(self.record):
            called = self.named(one)
            nothing = nulls(len(rows.numbers), pl.String)
            given = rows.frame[called] if called in rows.frame.columns else nothing
            values[one.name], bad = one.read(given, rows.forms.get(called, "values"))
            wrong += (self._said(one, called, each) for each in bad)
        if self.record.model_config["extra"] == "forbid":
            wrong += (
                _Wrong(row, ColumnUnexpected, name, "no column of this name", "a value")
                for row, name in self._strange(rows)
            )
        if whole := as_a_whole(self.record):
            sound = sorted({*range(len(rows.numbers))} - {one.row for one in wrong})
            records = [{name: column[row] for name, column in values.items()} for row in sound]
            try:
                whole.validate_python(records, strict=False)  # each value was asked about
            except ValidationError as error:
                wrong += (
                    _Wrong(sound[place], CrossColumnRule, "", said, "other values")
                    for place, (_, said) in errors_by_place(error)
                )
        return values, sorted(wrong, key=lambda one: one.row)

    def _strange(self, rows: Rows) -> Iterator[tuple[int, str]]:
        """Yield rows with a value under a name that no field of the record has, and the name."""
        if rows.strange is not None:
            yield from rows.strange.items()
            return
        known = {self.named(one) for one in columns(self.record)}
        for name in rows.frame.columns:
            if name not in known:
                for row in np.flatnonzero(rows.frame[name].is_not_null()).tolist():
                    yield row, name

    def _said(self, column: Column, called: str, wrong: Wrong) -> _Wrong:
        """What is wrong with a value, as a defect has it."""
        if wrong.error != NULL:
            # A time that has to be there is not read without it.
            other = TimestampNotIso if column.is_time and not column.required else DtypeMismatch
            kind = _KINDS.get(wrong.error, other)
            return _Wrong(wrong.row, kind, called, wrong.expected, "another")
        if column.name == "text":
            return _Wrong(wrong.row, TextFieldMissing, called, "a string", "none")
        kind = DocRequiredKeys if issubclass(self.record, Document) else NullInRequired
        return _Wrong(wrong.row, kind, called, wrong.expected, "none")

    def whole(self, rows: Rows, records: Iterable[Mapping[str, Any]]) -> Rows:
        """Rows with all that their records hold, which are values of JSON by the data's names."""
        known = {self.named(one) for one in columns(self.record)}
        label = {self.named(one) for one in columns(self.record) if one.name == "label"}
        found, strange = [], dict[int, str]()
        for row, record in enumerate(records):
            more = next((name for name in record if name not in known), None)
            if more is not None:  # a name may be empty
                strange[row] = more
            alike = {name: value for name, value in record.items() if name not in label}
            text = json.dumps(alike, sort_keys=True, ensure_ascii=False)
            found.append(unicodedata.normalize("NFC", text))
        beside = {**rows.beside, "record": pl.Series(found, dtype=pl.String)}
        return replace(rows, beside=beside, strange=strange)

    def _canonical(self, frame: pl.DataFrame) -> pl.Series:
        """
        Each record as text that is equal where its values are, whatever the order of its names.

        The label is left out: what it says of equal records is a question of its own.
        """
        label = {self.named(one) for one in columns(self.record) if one.name == "label"}
        named = frame.select(sorted({*frame.columns} - label))
        composed = [_plain(pl.col(name), kind).alias(name) for name, kind in named.schema.items()]
        if not composed:
            return pl.Series("record", [""] * frame.height)
        return named.select(pl.struct(composed).struct.json_encode().alias("record")).to_series()


def _plain(value: pl.Expr, kind: "pl.DataType | DataTypeClass") -> pl.Expr:
    """
    Values as polars can write each in JSON, equal ones alike and others not.

    It has no JSON for bytes, nor for years far from ours, and null for NaN and infinity.
    """
    if kind.is_temporal() or kind.is_float():
        return value.to_physical() if kind.is_temporal() else value.cast(pl.String)
    if kind in {pl.String, pl.Binary}:
        return value.str.normalize("NFC") if kind == pl.String else value.bin.encode("hex")
    if isinstance(kind, pl.Array | pl.List):
        value = value if isinstance(kind, pl.List) else value.arr.to_list()
        return value.list.eval(_plain(pl.element(), kind.inner))
    if isinstance(kind, pl.Struct) and kind.fields:
        fields = [
            _plain(value.struct.field(one.name), one.dtype).alias(one.name) for one in kind.fields
        ]
        return pl.when(value.is_not_null()).then(pl.struct(fields))
    return value
