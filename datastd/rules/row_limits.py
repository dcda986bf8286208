"""
Limits on single values, and the one door to pandera.

A standard writes them as a pandera `DataFrameModel` over the samples table, and as one over
the annotations; each column is one rule, whose verdict is the share of rows outside the limits.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pandera.polars as pa
import polars as pl
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaErrors
from pydantic import Field

from datastd.errors import UsageError
from datastd.model import FrozenMapping, Level, Measurement, Profile
from datastd.rules import Rule, counts, totals
from datastd.words import FLAG, choice, number, spelled

_META = "datastd"
_ROUNDED = 1 << 53  # from here on not every whole number is a float
_PLAIN = frozenset({"ge", "le", "gt", "lt", "eq"})


def limit(  # noqa: PLR0913  -- one keyword per bound, as in pandera
    *,
    ge: float | None = None,
    le: float | None = None,
    gt: float | None = None,
    lt: float | None = None,
    eq: float | str | None = None,
    isin: Sequence[float | str] | None = None,
    tolerate: float = 0.0,
    because: str = "",
    level: Level | None = None,
    error_from: Profile | None = None,
) -> Any:  # noqa: ANN401  -- a field of a model has the type of its column
    """
    Limit the values of one column of a standard's rows.

    Args:
        ge: Smallest value inside the limits; *gt* excludes the value itself.
        le: Greatest value inside the limits; *lt* excludes the value itself.
        gt: See *ge*.
        lt: See *le*.
        eq: The only value.
        isin: The only values.
        tolerate: Share of rows that may lie outside, from 0 to 1.
        because: Why these limits; required where *tolerate* is above zero.
        level: What it means if more lie outside; none means the measure's own.
        error_from: The profile from which on the level is `error`.

    Raises:
        ValueError: No bound, one that is not finite, or a tolerance without a reason.
    """
    given: dict[str, Any] = {"ge": ge, "le": le, "gt": gt, "lt": lt, "eq": eq, "isin": isin}
    if isin is not None and any(isinstance(one, float) for one in isin):  # polars mixes no types
        given["isin"] = [float(one) if type(one) is int else one for one in isin]
    bounds = {check: bound for check, bound in given.items() if bound is not None}
    if not bounds:
        msg = "limit: expected at least one bound, found none"
        raise ValueError(msg)
    if not all(math.isfinite(bound) for bound in given.values() if isinstance(bound, float)):
        msg = "limit: expected finite bounds"
        raise ValueError(msg)
    if tolerate > 0 and not because.strip():
        msg = "limit: a tolerance above zero needs a `because`"
        raise ValueError(msg)
    meta = {"bounds": bounds, "tolerate": tolerate, "because": because,
            "level": level, "error_from": error_from}  # fmt: skip
    return pa.Field(**bounds, metadata={_META: meta})


class RowLimit(Rule):
    """
    One column whose values lie outside the limits of a standard.

    Why it matters:
        What lies outside was not prepared like the rest; the measure of the
        column says what that does to training.

    Remedy:
        Look at the rows named; correct or leave them out, or state a tolerance.

    Source:
        TFDV and Great Expectations for plain columns; the measure's own code for measured ones.
    """

    code: ClassVar[str] = "C708"
    name: ClassVar[str] = "value-out-of-range"
    unit: ClassVar[str] = "fraction of samples"
    reads: ClassVar[tuple[str, ...]] = ()

    column: str
    bounds: FrozenMapping[str, float | str | tuple[float | str, ...]]
    dtype: str
    measured: tuple[str, str] | None = None
    # Of the values.  A standard's digest has it already, with the measure.
    in_unit: str = Field(default="", exclude=True)

    @property
    def called(self) -> tuple[str, str]:
        """The code and name of the column's measure, if one fills it."""
        plain = f"{self.code}.{self.column}", f"{self.name} ({self.column})"
        return self.measured or plain

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return counts(rows.height, int(rows.get_column(self.column).sum()))

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, failed = totals(partials, "checked", "failed")
        share = failed / checked if checked else 0.0
        return Measurement(observed=share, checked=checked, failed=failed)

    def bound(self) -> str:
        signs = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<", "eq": "=", "isin": "in"}
        return " and ".join(f"{signs[k]} {_shown(v)}" for k, v in self.bounds.items())

    def says(self, observed: float) -> str:
        if math.isfinite(observed):
            return self.compared(number(observed))
        is_text = self.dtype == str(pl.String)
        return self.compared("another text, or none" if is_text else "no finite number")

    def compared(self, found: str) -> str:
        """Say what was expected of the column, by its name, and what was *found* there."""
        expected, bounds = self.bound(), dict(self.bounds)
        if {*bounds} <= {"eq", "isin"} and len(bounds) == 1:
            (only,) = bounds.values()
            expected = choice(
                [_shown(one) for one in (only if isinstance(only, tuple) else (only,))]
            )
        if self.in_unit == FLAG and bounds == {"eq": 0}:
            expected, found = "false", "true" if found == "1" else found
        return self.about(f"expected {expected}, found {found}")

    def about(self, said: str) -> str:
        """Say something of the column, by its name."""
        return f"{spelled(self.column, self.in_unit)}: {said}"


class AnnotationLimit(RowLimit):
    """A `RowLimit` on a column of the annotations."""

    unit: ClassVar[str] = "fraction of annotations"
    table: ClassVar[str] = "annotations"

    @property
    def called(self) -> tuple[str, str]:
        """As of a row limit; a column of the samples may have the same name."""
        plain = f"{self.code}.{self.table}.{self.column}", f"{self.name} ({self.column})"
        return self.measured or plain


LIMITS: Mapping[str, type[RowLimit]] = {"samples": RowLimit, "annotations": AnnotationLimit}
"""The rule that a limit on a column of a table is."""


def _shown(bound: float | str | tuple[float | str, ...]) -> str:
    if isinstance(bound, tuple):
        return f"({', '.join(map(_shown, bound))})"
    return number(bound) if isinstance(bound, float | int) else bound


class RowLimits:
    """
    The rows of a standard: what pandera checks, and nothing that could pass unseen.

    Args:
        model: The pandera model, each field a `limit`.
        measured: Code, name, level and unit of the measure that fills a column.
        table: The table that it is of, ``samples`` or ``annotations``.

    Raises:
        UsageError: A column without `limit`, a check of another kind, a nullable
            or optional column, a check that only warns, a bound of another type.
    """

    def __init__(
        self,
        model: type[pa.DataFrameModel],
        measured: Mapping[str, tuple[str, str, Level, str]],
        table: str = "samples",
    ) -> None:
        schema = model.to_schema()
        where = model.__name__
        if any((schema.checks, schema.unique, schema.coerce)) or (
            schema.drop_invalid_rows  # would leave out what it should find
        ):
            raise UsageError(where, "limits of columns only", "checks or settings of the frame")
        self.limits: dict[str, RowLimit] = {}
        for name, column in schema.columns.items():
            meta = (column.metadata or {}).get(_META)
            if meta is None:
                raise UsageError(f"{where}.{name}", "datastd.limit(…)", "another field")
            odd = (
                column.nullable, column.unique, column.coerce, column.regex,
                *(check.raise_warning for check in column.checks),
            )  # fmt: skip
            if any(odd) or not column.required or len(column.checks) != len(meta["bounds"]):
                raise UsageError(
                    f"{where}.{name}", "a plain column with the checks of its limit",
                    "null, unique, coerced, optional, warning, or more checks",
                )  # fmt: skip
            _refuse_other(f"{where}.{name}", column.dtype.type, meta["bounds"])
            code, called, level, unit = measured.get(name, ("", "", Level.ERROR, ""))
            self.limits[name] = LIMITS[table](
                column=name,
                dtype=str(column.dtype),
                bounds={
                    check: tuple(bound) if check == "isin" else bound
                    for check, bound in meta["bounds"].items()
                },
                limit=meta["tolerate"],
                because=meta["because"],
                level=meta["level"] or level,
                error_from=meta["error_from"],
                measured=(code, called) if code else None,
                in_unit=unit,
            )
        self._schema = schema
        self._schemas: Mapping[tuple[str, ...], pa.DataFrameSchema] = {}  # the one asked for last

    def outside(self, rows: pl.DataFrame) -> dict[str, pl.Series]:
        """
        Say for each column which rows lie outside its limits.

        Null, NaN and infinity are outside, as is every row of a column with
        another type; a column that is not there was not looked at and is left out.
        """
        present = [name for name in self.limits if name in rows.columns]
        inside = self._inside(rows, present)
        none = pl.Series([False]).new_from_index(0, rows.height)
        outside = {
            name: none if name in inside else _not_finite(rows.get_column(name)) for name in present
        }
        asked = tuple(name for name in present if name not in inside)
        if not asked:
            return outside
        failed = _failures(self._schema_of(asked), rows.select(asked))
        for name, index in failed.rows():
            outside[name] = outside[name] | _at(index, rows.height)
        return outside

    def _schema_of(self, asked: tuple[str, ...]) -> pa.DataFrameSchema:
        """The schema of some columns; pandera copies all of them to give it, which takes long."""
        known = self._schemas.get(asked)
        if known is None:
            known = self._schema.select_columns([*asked])
            self._schemas = {asked: known}
        return known

    def _inside(self, rows: pl.DataFrame, present: Sequence[str]) -> set[str]:
        """
        Columns of which one look says that every value is inside its limits.

        pandera takes some milliseconds for a column, whatever the rows; it is asked about the
        others.
        """
        looks = {}
        for name in present:
            limit, kind, value = self.limits[name], rows.schema[name], pl.col(name)
            bounds = {check: _exact(bound, kind) for check, bound in limit.bounds.items()}
            is_plain = {*bounds} <= _PLAIN and None not in bounds.values()
            if str(kind) == limit.dtype and is_plain:
                inside = [getattr(value, check)(bound) for check, bound in bounds.items()]
                inside += [value.is_finite()] if kind.is_float() else []  # NaN is above all bounds
                looks[name] = pl.all_horizontal(inside).fill_null(value=False).all()
        found = rows.select(**looks).row(0, named=True) if looks else {}
        return {name for name, holds in found.items() if holds}


def _refuse_other(where: str, dtype: pl.DataType, bounds: Mapping[str, Any]) -> None:
    """Refuse bounds that no value of a column of this type can be compared with."""
    kind, said = (str, "strings") if dtype == pl.String else (float | int, "numbers")
    if dtype not in {pl.String, pl.Boolean} and not dtype.is_numeric():
        raise UsageError(where, "a column of numbers, strings or Booleans", str(dtype))
    for check, bound in bounds.items():
        for one in bound if check == "isin" else (bound,):
            if not isinstance(one, kind):
                found = f"a {type(one).__name__} under `{check}`"
                raise UsageError(where, f"{said} as bounds of {dtype}", found)


def _exact(bound: object, kind: pl.DataType) -> float | None:
    """A bound as values of a kind are compared with it; None where that may round."""
    if not isinstance(bound, float | int) or abs(bound) >= _ROUNDED:
        return None
    if kind.is_integer():
        return int(bound) if bound == int(bound) else bound
    return bound if kind.is_float() else None


def _failures(schema: pa.DataFrameSchema, rows: pl.DataFrame) -> pl.DataFrame:
    """Ask pandera; give column and row numbers, null for a column as a whole."""
    # Pinned, because PANDERA_VALIDATION_ENABLED=yes in the environment turns
    # validation off (pandera takes "True", "true" and "1" for yes only).
    with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            schema.validate(rows, lazy=True)
        except SchemaErrors as errors:
            cases: pl.DataFrame = errors.failure_cases
            found = cases.select("column", pl.col("index").cast(pl.Int64))
        else:
            found = pl.DataFrame(schema={"column": pl.String, "index": pl.Int64})
    return found.group_by("column").agg("index")


def _at(index: Sequence[int | None], height: int) -> pl.Series:
    """Mark the rows numbered; all of them if one is not numbered."""
    marks = pl.Series([None in index]).new_from_index(0, height)
    return marks.scatter([i for i in index if i is not None], values=True)


def _not_finite(values: pl.Series) -> pl.Series:
    if values.dtype.is_float():
        return ~values.is_finite().fill_null(value=False)
    return values.is_null()
