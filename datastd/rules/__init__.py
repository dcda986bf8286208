"""
What a rule is: one defect, and how much of it there is.

A rule sees a table and never a limit when it measures; it sees a limit and never a
table when it judges.  It is a *fold*: `partial` makes a small table of one part of
the rows, `finish` makes a measurement of all of those, so that the same rule runs
on one machine or on many.

To add a rule, write one module with one subclass of `Rule`; a standard that
imports it may name it.
"""

import math
from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

import polars as pl
from pydantic import NonNegativeFloat, model_validator

from datastd.model import DATA, EXAMPLES, Example, Level, Measurement, Model, Profile, Verdict

FAILING = {"key": pl.String, "split": pl.String, "observed": pl.Float64}
"""Columns of what `Rule.failing` gives: one row per sample that shows the defect."""


class Rule(Model):
    """
    A defect, and how much of it a standard tolerates.

    Attributes:
        limit: The most that still passes, in `unit`.
        because: Why any of it is tolerated.  Required for a limit above zero.
        warn: The most that passes without a warning; none means `limit`.
        level: What it means if the limit does not hold.
        error_from: The profile from which on the level is `error`.

    Class attributes:
        code, name, unit: As in the catalogue.
        table: The table that is read: ``samples``, ``files``, or a measure's own.
        reads: The columns that are read.
        meets_on: A column whose equal values must lie in one part; without it,
            parts are runs of consecutive rows and `finish` gets them in data order.
        needs: Inputs by role, without which the rule cannot be asked.
        version: Counts changes of the definition; part of a standard's digest.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    unit: ClassVar[str]
    table: ClassVar[str] = "samples"
    reads: ClassVar[tuple[str, ...]]
    meets_on: ClassVar[str | None] = None
    needs: ClassVar[tuple[str, ...]] = ()
    version: ClassVar[int] = 1

    limit: NonNegativeFloat = 0.0
    because: str = ""
    warn: NonNegativeFloat | None = None
    level: Level = Level.ERROR
    error_from: Profile | None = None

    @model_validator(mode="after")
    def _tolerance_needs_a_reason(self) -> Self:
        if self.limit > 0 and not self.because.strip():
            msg = f"{self.code}: a limit above zero needs a `because`"
            raise ValueError(msg)
        if self.warn is not None and self.warn > self.limit:
            msg = f"{self.code}: `warn` is the lower of two steps, `limit` the upper"
            raise ValueError(msg)
        return self

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Count the defect in one part of the rows.  Pure."""
        raise NotImplementedError

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        """Make one measurement of what `partial` gave for every part."""
        raise NotImplementedError

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        """List the rows of one part that show the defect, columns as `FAILING`."""
        del rows
        return pl.DataFrame(schema=FAILING)

    def bound(self) -> str:
        """Say what one row would have to be."""
        return f"at most {self.limit:g}"

    def says(self, observed: float) -> str:
        """Say what was expected of one row, and what was found there."""
        found = f"{observed:g}" if math.isfinite(observed) else "no finite number"
        return f"expected {self.bound()}, found {found}"

    @property
    def called(self) -> tuple[str, str]:
        """Code and name under which the verdict stands in a report."""
        return self.code, self.name

    def judge(self, measurement: Measurement, level: Level | None = None) -> Verdict:
        """Set what was measured against the limit."""
        code, name = self.called
        return Verdict(
            code=code,
            name=name,
            level=level or self.level,
            limit=self.limit,
            warn=self.warn,
            unit=self.unit,
            because=self.because,
            observed=measurement.observed,
            checked=measurement.checked,
            failed=measurement.failed,
            examples=measurement.examples,
        )


class RowRule(Rule):
    """A rule that each row breaks or keeps by itself: `failing` says it all."""

    unit: ClassVar[str] = "samples"

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        failed = self.failing(rows).height
        return pl.DataFrame({"checked": [rows.height], "failed": [failed]})

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, failed = totals(partials, "checked", "failed")
        return Measurement(observed=failed, checked=checked, failed=failed)


class GroupRule(Rule):
    """
    A rule about rows that are alike: `meets_on` brings them together.

    A subclass says with `wrong` which rows are in a group that should not be, as a
    Boolean expression over those that share a value: a row by itself is no group.
    """

    unit: ClassVar[str] = "groups"
    group: ClassVar[tuple[str, ...]]

    def wrong(self) -> pl.Expr:
        """Say of each row whether its group shows the defect."""
        raise NotImplementedError

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return self._found(rows).select("key", "split", "observed")

    def says(self, observed: float) -> str:
        return f"{super().says(observed)} alike"

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = self._found(rows)
        groups = found.select(pl.struct(self.group).n_unique()).item()
        # Rows of an input are there to be compared with, and are not judged.
        judged = rows.filter(pl.col("origin") == DATA).height
        return pl.DataFrame(
            {"checked": [judged], "compared": [rows.height - judged],
             "failed": [found.height], "groups": [groups]}
        )  # fmt: skip

    def _found(self, rows: pl.DataFrame) -> pl.DataFrame:
        # Rows without a value to meet on could not be compared: they fail.
        met = pl.col(str(self.meets_on))
        alike = rows.filter(met.is_duplicated() | met.is_null())
        bad = self.wrong() | met.is_null()
        size = pl.len().over(*self.group).cast(pl.Float64)
        return alike.with_columns(observed=size).filter(bad.fill_null(value=True))

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        names = "checked", "compared", "failed", "groups"
        checked, compared, failed, groups = totals(partials, *names)
        if self.needs and not compared:  # with nothing: that is no look
            checked = failed = groups = 0
        return Measurement(observed=groups, checked=checked, failed=failed)


def totals(partials: Sequence[pl.DataFrame], *columns: str) -> list[int]:
    """Sum the columns of all partials, exactly."""
    if not partials:
        return [0 for _ in columns]
    return [int(n) for n in pl.concat(partials).select(pl.col(columns).sum()).row(0)]


def in_key_order(failing: pl.DataFrame) -> pl.DataFrame:
    """Order failing rows by file, then by the number of the sample in it."""
    number = pl.col("key").str.extract(r"#(\d+)(?:@.*)?$").cast(pl.Int64, strict=False)
    return failing.sort(pl.col("key").str.replace(r"#\d+(@.*)?$", ""), number, "key")


def examples(rule: Rule, failing: Iterable[pl.DataFrame]) -> tuple[Example, ...]:
    """Take the first few failing rows, in key order, as examples of a verdict."""
    first: pl.DataFrame | None = None
    for rows in failing:
        known = rows if first is None else pl.concat([first, rows])
        first = in_key_order(known).head(EXAMPLES)
    if first is None:
        return ()
    return tuple(
        Example(
            key=key,
            observed=observed if math.isfinite(observed) else None,
            detail=rule.says(observed),
        )
        for key, observed in first.select("key", pl.col("observed").fill_null(math.nan)).rows()
    )


def fold(rule: Rule, parts: Sequence[pl.DataFrame]) -> Measurement:
    """Measure what *parts* hold together: what every engine comes to."""
    measured = rule.finish([rule.partial(part) for part in parts])
    return with_examples(rule, measured, (rule.failing(part) for part in parts))


def with_examples(
    rule: Rule, measured: Measurement, failing: Iterable[pl.DataFrame]
) -> Measurement:
    """Name the first failing rows; where none are listed, what `finish` named."""
    shown = examples(rule, failing)
    return Measurement(
        observed=measured.observed,
        checked=measured.checked,
        failed=measured.failed,
        examples=shown or measured.examples,
    )
