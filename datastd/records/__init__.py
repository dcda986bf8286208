"""
What a record must be: Pydantic models that a standard names.

A field of a model is a column of the samples table; ``Field(alias="document_id")`` says
what the data call it.  Rules look for columns of well-known names: ``text``, ``id``, ``url``,
``group`` (what must stay in one split: a patient, an author, a site), ``time``, ``label``,
``source``, ``language``.

Pydantic's verdict on a column of values is asked for at once, and is the only one there is.
"""

import contextlib
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Annotated, Any, NamedTuple

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from datastd.errors import UsageError
from datastd.records.words import Form, found_there

NULL = "null"
"""What is wrong with a value that is not there, beside Pydantic's names of errors."""

_STRICT = ConfigDict(strict=True, allow_inf_nan=False, hide_input_in_errors=True)
_KINDS: Mapping[str, tuple[type, pl.DataType]] = {
    "str": (str, pl.String()), "int": (int, pl.Int64()), "float": (float, pl.Float64()),
    "bool": (bool, pl.Boolean()), "datetime": (datetime, pl.Datetime("us", "UTC")),
    "date": (date, pl.Date()),
}  # fmt: skip
"""By Pydantic's name: types of Python, and of columns."""

_TIMES = frozenset({"datetime", "date"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = (date.min - _EPOCH.date()).days + 1, (date.max - _EPOCH.date()).days - 1  # in any zone
_PER_SECOND = {"ms": 10**3, "us": 10**6, "ns": 10**9}
_MOST = (1 << 63) - 1
_NOT_IN_PYTHON = ValueError, OverflowError, pl.exceptions.PanicException


class Record(BaseModel):
    """
    What one record of a dataset must be; keys that it does not name are let be.

    Strict: no number is made of a string, and none is infinite.  With ``extra="forbid"``
    a key that is not named is a finding.
    """

    model_config = ConfigDict(
        **_STRICT, frozen=True, extra="ignore", validate_by_name=True, validate_by_alias=True
    )


class Document(Record):
    """A text, and whatever else the data say of it."""

    text: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """Pydantic, asked about many values of one type at once."""

    _list: TypeAdapter[Any]
    _dict: TypeAdapter[Any]

    @classmethod
    def about(cls, kind: Any, config: ConfigDict) -> "_Asked":  # noqa: ANN401
        each: Any = list[kind], dict[str, kind]
        return cls(*(TypeAdapter(one, config=config) for one in each))

    def of_each(
        self, values: Sequence[Any], form: Form
    ) -> tuple[list[Any], dict[int, tuple[str, str]]]:
        """Its values, None for what is wrong; and by place, name and words of the error."""
        try:
            return self._of_all(values, form), {}
        except ValidationError as error:
            bad = dict(reversed(errors_by_place(error)))
        good = [place for place in range(len(values)) if place not in bad]
        found: list[Any] = [None] * len(values)
        taken = self._of_all([values[place] for place in good], form)
        for place, value in zip(good, taken, strict=True):
            found[place] = value
        return found, bad

    def _of_all(self, values: Sequence[Any], form: Form) -> list[Any]:
        if form == "values":
            return list(self._list.validate_python([*values]))
        if form == "json":
            return list(self._list.validate_json(f"[{','.join(values)}]"))
        numbered = {str(place): one for place, one in enumerate(values)}
        return list(self._dict.validate_strings(numbered).values())


class Wrong(NamedTuple):
    """
    A value that is not what its field asks for.

    Attributes:
        row: Its number.
        error: Pydantic's name of the error, or `NULL`.
        expected: What the field asks for, in Pydantic's words.
        found: What kind of value is there: what it is, nobody has to see.
    """

    row: int
    error: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Column:
    """
    A field of a record, as a column.

    Attributes:
        name: What the samples table calls it.
        called: What the data call it.
        required: Whether a record without it is none.
        default: What stands in its place where it is not required.
        nullable: Whether null is a value.
        plain: Whether any string is, and nothing else.
        dtype: Of the column; None for what is looked at, and is no column: lists, objects.
        is_time: Whether it says when something was.
    """

    name: str
    called: str
    required: bool
    default: Any
    nullable: bool
    plain: bool
    dtype: pl.DataType | None
    is_time: bool
    _field: "_Asked"
    _type: "_Asked | None"

    def read(
        self, given: pl.Series, form: Form = "values"
    ) -> tuple[pl.Series | list[Any], list[Wrong]]:
        """
        Ask Pydantic about each value.

        Args:
            given: One value per record, null where there is none; JSON as String.
            form: What they are.

        Returns:
            The values as a column of `dtype`, or as a list where the field is no column; and
            what is wrong, in order.  Null stands for a value that is not of the field's type;
            one that breaks no more than a bound or a pattern stands for itself.  Times
            without a zone are taken for UTC.
        """
        if form == "strings" and self.dtype != pl.String:
            given = given.set(given == "", None)  # CSV has no other way to say so
        absent = np.flatnonzero(given.is_null().to_numpy())
        wrong = []
        if self.required and not (self.nullable and form != "json"):
            wrong = [Wrong(int(row), NULL, "a value", "none") for row in absent]
        if self.plain and form != "json" and given.dtype == pl.String:
            return given.alias(self.name), wrong  # as Pydantic would say of each
        rows = np.flatnonzero(given.is_not_null().to_numpy())
        asked = given.gather(rows)
        held, odd = _in_python(asked)
        values, bad = self._asked(held, form)
        bad |= dict.fromkeys(odd, ("date_range", "a time from the year 1 to 9999"))
        more = self._also_wrong(asked, values, form)
        for place in (*odd, *more):
            values[place] = None
        bad = more | bad
        wrong += [
            Wrong(int(rows[place]), *said, found_there(said[0], held[place], form))
            for place, said in bad.items()
        ]
        found: list[Any] = [self.default] * len(given)
        for row, value in zip(rows.tolist(), values, strict=True):
            found[row] = value
        return found if self.dtype is None else self._series(found), sorted(wrong)

    def _also_wrong(
        self, asked: pl.Series, values: Sequence[Any], form: Form
    ) -> dict[int, tuple[str, str]]:
        """What Pydantic takes and a column does not, by place: name and words of the error."""
        odd: Iterable[int] = ()
        said = "int_size", "an integer of 64 bits"
        if self.dtype == pl.Int64:
            odd = (n for n, one in enumerate(values) if one is not None and not _fits(one))
        elif self.is_time and form != "values":  # it takes 20240102 for seconds since 1970
            said = "datetime_parsing", "a date and time"
            numerals = np.flatnonzero(~asked.str.contains("[0-9]-[0-9]").to_numpy()).tolist()
            odd = (n for n in numerals if values[n] is not None)
        return dict.fromkeys(odd, said)

    def _asked(
        self, values: Sequence[Any], form: Form
    ) -> tuple[list[Any], dict[int, tuple[str, str]]]:
        """Pydantic's values, None for what is of another type; and what it says, by place."""
        found, bad = self._field.of_each(values, form)
        if bad and self._type is not None:
            kept, _ = self._type.of_each([values[place] for place in bad], form)
            for place, value in zip(bad, kept, strict=True):
                found[place] = value
        return found, bad

    def _series(self, found: Sequence[Any]) -> pl.Series:
        plain = [one.value if isinstance(one, Enum) else one for one in found]
        if isinstance(self.dtype, pl.Datetime):
            since = [None if one is None else _microseconds(one) for one in plain]
            return pl.Series(self.name, since, pl.Int64).cast(self.dtype)
        return pl.Series(self.name, plain, self.dtype)


def _in_python(given: pl.Series) -> tuple[list[Any], list[int]]:
    """Values as Python has them, and the places of those that it has not: the year 10000, say."""
    kind = given.dtype
    if isinstance(kind, pl.Date | pl.Datetime | pl.Duration):
        day = 1 if isinstance(kind, pl.Date) else 86_400 * _PER_SECOND[kind.time_unit]
        first, last = (max(-_MOST, min(days * day, _MOST)) for days in _DAYS)
        fits = given.to_physical().is_between(first, last)
        return given.set(~fits, None).to_list(), np.flatnonzero(~fits.to_numpy()).tolist()
    with contextlib.suppress(*_NOT_IN_PYTHON):
        return given.to_list(), []
    values, odd = list[Any](), list[int]()
    for place in range(len(given)):  # of lists and objects, each by itself
        try:
            values += given[place : place + 1].to_list()
        except _NOT_IN_PYTHON:
            values.append(None)
            odd.append(place)
    return values, odd


def _fits(value: int) -> bool:
    return -(1 << 63) <= value < 1 << 63


def _microseconds(time: date) -> int:
    """Since 1970; what has no zone is of UTC, and a date is its first moment."""
    if not isinstance(time, datetime):
        time = datetime.combine(time, datetime.min.time())
    known = time if time.tzinfo else time.replace(tzinfo=UTC)
    return (known - _EPOCH) // timedelta(microseconds=1)


def errors_by_place(error: ValidationError) -> list[tuple[int, tuple[str, str]]]:
    """Of errors about items of a list: the item's number, and name and words of the error."""
    return [
        (int(one["loc"][0]), (one["type"], said(one["type"], one["msg"])))
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def said(kind: str, message: str) -> str:
    """What was expected, of what Pydantic says: our own words stand around it."""
    if kind.endswith(("_type", "_parsing")):
        message = message.partition(",")[0]  # what was found is said elsewhere
    for words, ours in (
        ("String should match", "a string that matches"),
        ("String should have", "a string of"),
    ):
        message = message.replace(words, ours)
    for start in ("Input should be ", "Input should ", "Value error, ", "Assertion failed, "):
        message = message.removeprefix(start)
    return message


@functools.cache
def columns(record: type[Record]) -> tuple[Column, ...]:
    """
    The fields of a record as columns.

    Raises:
        UsageError: A field whose name in the data is no plain string.
    """
    return tuple(_column(record, name, one) for name, one in record.model_fields.items())


@functools.cache
def as_a_whole(record: type[Record]) -> TypeAdapter[Any] | None:
    """What validates whole records, where a model has validators of its own; else None."""
    own = record.__pydantic_decorators__
    by_hand = record.__pydantic_post_init__ or record.__pydantic_custom_init__
    old = own.validators or own.root_validators
    if own.model_validators or own.field_validators or old or by_hand:
        return TypeAdapter(list[record])  # type: ignore[valid-type]
    return None


def _column(record: type[Record], name: str, field: FieldInfo) -> Column:
    called = field.validation_alias or field.alias or name
    if not isinstance(called, str):
        where = f"{record.__name__}.{name}"
        raise UsageError(where, "one name as its alias", f"a {type(called).__name__}")
    kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    config = ConfigDict(**{**record.model_config, **_STRICT})
    every = TypeAdapter(list[kind], config=config)
    base = _base(every.core_schema["items_schema"])
    of, dtype = _KINDS.get(base, (None, None))
    required = field.is_required()
    default = field.get_default(call_default_factory=True)
    return Column(
        name, called, required, None if default is PydanticUndefined else default,
        nullable=_takes_null(every),
        plain=field.annotation is str and not field.metadata and not _bounds_strings(config),
        dtype=dtype, is_time=base in _TIMES,
        _field=_Asked.about(kind, config),
        _type=_Asked.about(of, _STRICT) if of else None,
    )  # fmt: skip


def _bounds_strings(config: Mapping[str, Any]) -> bool:
    """Say whether a model asks something of all its strings, or changes them."""
    return any(name.startswith("str_") and value for name, value in config.items())


def _takes_null(every: TypeAdapter[Any]) -> bool:
    try:
        every.validate_python([None])
    except ValidationError:
        return False
    return True


def _base(schema: Mapping[str, Any]) -> str:
    """The type below the layers that Pydantic puts around it."""
    while schema["type"] not in _KINDS:
        if schema["type"] == "union":
            kinds = {_base(one[0] if isinstance(one, tuple) else one) for one in schema["choices"]}
            return kinds.pop() if len(kinds) == 1 else "datetime" if kinds == _TIMES else ""
        if schema["type"] in {"literal", "enum"}:
            of = schema["expected"] if schema["type"] == "literal" else schema["members"]
            kinds = {type(one.value if isinstance(one, Enum) else one).__name__ for one in of}
            return kinds.pop() if len(kinds) == 1 else ""
        if "schema" not in schema:
            return ""
        schema = schema["schema"]
    return str(schema["type"])
