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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, Self, TypeAlias

import numpy as np
import polars as pl
from pydantic import Field, NonNegativeFloat, model_validator

from datastd.model import DATA, EXAMPLES, Example, Level, Measurement, Model, Profile, Verdict
from datastd.quiet import utf8

if TYPE_CHECKING:
    from datastd.card import Card  # loaded where there is one

FAILING = {"key": pl.String, "split": pl.String, "observed": pl.Float64}
"""
Columns of what `Rule.failing` gives: one row per sample that shows the defect.

A column ``detail`` beside them says in words what was expected and what was found; where
there is none, `Rule.says` does.
"""

Again: TypeAlias = Callable[[], Iterator[pl.DataFrame]]
"""Gives all rows another time, in pieces: to a `LaterRule` in data order, of `PIECE` rows each."""

ROWS = "rows alike"
"""Column that says how many rows are as this one; no column of data has a name with a space."""

PIECE = 1 << 13
"""Rows of a piece that is looked at again: with 2,048 numbers each they are 64 MiB."""


class Rule(Model):
    """
    A defect, and how much of it a standard tolerates.

    Attributes:
        limit: The most that still passes, in `unit`.
        because: Why any of it is tolerated.  Required for a limit above zero.
        warn: The most that passes without a warning; none means `limit`.
        level: What it means if the limit does not hold.
        error_from: The profile from which on the level is `error`.
        asked_from: The laxest profile that asks it.

    Class attributes:
        code, name, unit: As in the catalogue.
        table: The table that is read: ``samples``, ``annotations``, ``files``, or a measure's
            own.  Annotations have ``key``, ``sample`` (the key of theirs), ``annotation``,
            ``split``, ``origin``, the fields that their format keeps, and measures over them.
            What depends on the others of its sample is a measure: a batch has all of these.
        reads: The columns that are read.
        meets_on: A column whose equal values must lie in one part; without it,
            parts are runs of consecutive rows and `finish` gets them in data order.
        brings: Columns of the rows that have to meet, beside key, split and origin, where they
            are not those that are read: what `brought` makes of these.
        needs: Inputs by role, without which the rule cannot be asked.
        asks: Columns that not every dataset of a format states; where the data state none,
            the rule cannot be asked.
        tells: Names of fields that measures take by name; the rules of a standard agree on them.
        numeric: Whether every column that is read has to hold numbers.
        version: Counts changes of the definition; part of a standard's digest.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    unit: ClassVar[str]
    table: ClassVar[str] = "samples"
    reads: ClassVar[tuple[str, ...]]
    meets_on: ClassVar[str | None] = None
    brings: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[tuple[str, ...]] = ()
    asks: ClassVar[tuple[str, ...]] = ()
    tells: ClassVar[tuple[str, ...]] = ()
    numeric: ClassVar[bool] = False
    version: ClassVar[int] = 1

    limit: NonNegativeFloat = 0.0
    because: str = ""
    warn: NonNegativeFloat | None = None
    level: Level = Level.ERROR
    error_from: Profile | None = None
    asked_from: Profile = "dev"

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

    def merged(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Make one partial of several, in their order; smaller than they are, where it can be."""
        return pl.concat(partials)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        """List the rows of one part that show the defect, columns as `FAILING`."""
        del rows
        return pl.DataFrame(schema=FAILING)

    def grouped(self, rows: pl.DataFrame) -> pl.DataFrame:
        """List as `failing` does, with a text ``group``: equal for rows about each other."""
        return self.failing(rows).with_columns(group=pl.lit(None, pl.String))

    def brought(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Make of rows those that have to meet on `meets_on`: they themselves."""
        return rows

    def met(self, again: Again) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """
        Count in rows that have met on `meets_on`, and list those that show the defect.

        They come in pieces, for millions may have one value; a rule that need not see all of
        them at once says here how.

        Yields:
            What `partial` and `grouped` give of all rows, or of these together.
        """
        rows = pl.concat(again())
        yield self.partial(rows), self.grouped(rows)

    def cure(self, failing: pl.DataFrame) -> pl.DataFrame:
        """
        Choose which samples have to go so that those left do not show the defect: all of them.

        Args:
            failing: Columns of `FAILING`, ``detail`` and ``group``, in key order; samples
                that are gone for another reason are no longer in it.

        Returns:
            Rows of it, with ``kept``: the key of what stays in the sample's place; null
            where nothing does.
        """
        return failing.with_columns(kept=pl.lit(None, pl.String))

    @property
    def spares(self) -> bool:
        """Whether `cure` lets some of the failing samples stay."""
        return False

    def of_card(self, card: "Card | None") -> Self:
        """The same, of a dataset with this card; few rules set it against the samples."""
        del card
        return self

    @property
    def lacks_card(self) -> str:
        """What the card does not say, and without which it is not asked, as a report names it."""
        return ""

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


_ALONE = pl.lit(1, pl.Int64).alias(ROWS)


class RowRule(Rule):
    """A rule that each row breaks or keeps by itself: `failing` says it all."""

    unit: ClassVar[str] = "samples"

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        return counts(rows.height, self.failing(rows).height)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        checked, failed = totals(partials, "checked", "failed")
        return Measurement(observed=failed, checked=checked, failed=failed)


class RangeRule(Rule):
    """
    A rule about a share of all rows that may be too small, and too great.

    Attributes:
        least: The least share that is none of both.
        most: The greatest.
    """

    least: float = Field(ge=0, le=1)
    most: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.least > self.most:
            msg = f"{self.code}: expected `least` up to {self.most}, found {self.least}"
            raise ValueError(msg)
        return self

    def beyond(self, part: float, whole: int, checked: int) -> Measurement:
        """How far a share is outside of the range; of nothing it is inside."""
        share = part / whole if whole else self.least
        outside = max(self.least - share, share - self.most, 0.0)
        return Measurement(observed=outside, checked=checked, failed=0)


class GroupRule(Rule):
    """
    A rule about rows that are alike: `meets_on` brings them together.

    A subclass says with `wrong` which rows are in a group that should not be, as a
    Boolean expression over those that share a value: a row by itself is no group.

    Class attributes:
        group: The columns whose values a group shares.
        folds: Whether `wrong` asks nothing of keys, and how many rows there are of `many`
            alone.  Rows that are equal but for their keys are then looked at as one.
        keeps: What of a group may stay: its first row, all rows in the split of the
            first, or none.  First are samples to measure with, then those to learn from
            (`precedence`); then it is as in the data.
    """

    unit: ClassVar[str] = "groups"
    group: ClassVar[tuple[str, ...]]
    folds: ClassVar[bool] = False
    keeps: ClassVar[Literal["one", "split", "none"]] = "one"

    def wrong(self) -> pl.Expr:
        """Say of each row whether its group shows the defect."""
        raise NotImplementedError

    def lacks(self) -> pl.Expr:
        """Say of each row whether it has no value to meet on."""
        return pl.col(str(self.meets_on)).is_null()

    def many(self, *columns: str) -> pl.Expr:
        """How many rows have the values of some columns in common."""
        return pl.col(ROWS).sum().over(*columns)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return self.grouped(rows).select(*FAILING)

    def grouped(self, rows: pl.DataFrame) -> pl.DataFrame:
        return self._named(self._found(rows.with_columns(_ALONE)))

    def met(self, again: Again) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        if not self.folds:
            yield from super().met(again)
            return
        found = self._found(self._kinds(again))
        groups = self._groups(found)
        alike = [name for name in found.columns if name not in {ROWS, "observed"}]
        for rows in again():
            here = rows.join(found, on=alike, nulls_equal=True)
            yield self._counted(rows, here.height, groups), self._named(here)
            groups = 0  # they are counted once

    def _kinds(self, again: Again) -> pl.DataFrame:
        """Rows that are equal but for their keys as one: of as many as it says under `ROWS`."""
        own = self.brings or (*self.reads, str(self.meets_on))
        asked = {"split", "origin", *self.group, *own} - {"key"}

        def alike(rows: pl.DataFrame) -> pl.DataFrame:
            names = [name for name in rows.columns if name in asked]
            return rows.group_by(names).agg(pl.col(ROWS).sum())

        return gathered((rows.with_columns(_ALONE) for rows in again()), alike)

    def _named(self, found: pl.DataFrame) -> pl.DataFrame:
        parts = [
            pl.col(name).bin.encode("hex").str.head(16)
            if found.schema[name] == pl.Binary
            else pl.col(name).cast(pl.String)
            for name in self.group
        ]
        return found.select(*FAILING, group=pl.concat_str(parts, separator="/"))

    def cure(self, failing: pl.DataFrame) -> pl.DataFrame:
        if self.keeps == "none":
            return super().cure(failing)
        first = failing.sort(precedence(), maintain_order=True).unique("group", keep="first")
        named = first.select("group", kept="key", stays="split")
        # Rows of no group could not be compared, so that none of them can stay.
        beside = failing.join(named, on="group", how="left", maintain_order="left")
        which = "split" if self.keeps == "split" else "key"
        stays = pl.col("stays" if self.keeps == "split" else "kept")
        return beside.filter(pl.col(which).ne_missing(stays)).drop("stays")

    @property
    def spares(self) -> bool:
        return self.keeps != "none"

    def says(self, observed: float) -> str:
        return f"{super().says(observed)} alike"

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = self._found(rows.with_columns(_ALONE))
        return self._counted(rows, found.height, self._groups(found))

    def _groups(self, found: pl.DataFrame) -> int:
        return int(found.select(pl.struct(self.group).n_unique()).item())

    def _counted(self, rows: pl.DataFrame, failed: int, groups: int) -> pl.DataFrame:
        # Rows of an input are there to be compared with, and are not judged.
        judged = rows.filter(pl.col("origin") == DATA).height
        return pl.DataFrame(
            {"checked": [judged], "compared": [rows.height - judged],
             "failed": [failed], "groups": [groups]}
        )  # fmt: skip

    def _found(self, rows: pl.DataFrame) -> pl.DataFrame:
        # Rows without a value to meet on could not be compared: they fail.
        met, lacks = pl.col(str(self.meets_on)), self.lacks()
        alike = rows.filter(met.is_duplicated() | (pl.col(ROWS) > 1) | lacks)
        bad = self.wrong() | lacks
        size = self.many(*self.group).cast(pl.Float64)
        return alike.with_columns(observed=size).filter(bad.fill_null(value=True))

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        names = "checked", "compared", "failed", "groups"
        checked, compared, failed, groups = totals(partials, *names)
        if self.needs and not compared:  # with nothing: that is no look
            checked = failed = groups = 0
        return Measurement(observed=groups, checked=checked, failed=failed)


class LaterRule(Rule):
    """
    A rule that knows which rows fail only when it has seen all of them.

    The first step is the fold of every rule: `partial` counts, and `finish` says how many
    rows were looked at.  `learn` makes of the same partials what it takes to judge a row:
    bounds, thresholds.  In the second step `among` is given the rows again, and lists
    those that fail; what it lists is what is observed.  The engine sets only the columns
    `keeps` of the rows `needed` aside for it, on disk where they are many; columns of an
    input are read again.

    Class attributes:
        keeps: Columns that the second step needs, beside key and split, and those of inputs.
    """

    unit: ClassVar[str] = "samples"
    keeps: ClassVar[tuple[str, ...]] = ()

    def needed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Choose the rows that the second step needs: all of them."""
        return rows

    def learn(self, partials: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """Make of all partials what `among` judges a row by."""
        raise NotImplementedError

    def among(self, again: Again, learned: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """List the rows that show the defect, columns as `FAILING`, piece by piece."""
        raise NotImplementedError

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        """List the rows that show the defect, as if *rows* were all there are."""
        needed = self.needed(rows)
        found = self.among(lambda: pieces([needed]), self.learn([self.partial(rows)]))
        return pl.concat([pl.DataFrame(schema={**FAILING, "detail": pl.String}), *found])


def pieces(parts: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Cut the rows of *parts* anew, `PIECE` at a time: the same, whatever the parts were."""
    held: list[pl.DataFrame] = []
    rows = 0
    for part in parts:
        held.append(part)
        rows += part.height
        while rows >= PIECE:
            every = pl.concat(held)
            yield every[:PIECE]
            held, rows = [every[PIECE:]], rows - PIECE
    if rows:
        yield pl.concat(held)


class PairRule(GroupRule):
    """
    A rule about rows that are nearly alike, two by two.

    Its table is that of a hash and a sketch: the engine finds all pairs of rows whose hashes
    are near, and compares their sketches. What it hands over is

    - every row with a hash, by itself, where ``other`` is null: it was looked at;
    - every pair, as the row that comes first in the data beside the ``other``: in the
      columns ``distance`` (of the hashes), ``difference`` (of the second look, from 0, alike,
      to 1, nothing in common), and ``mirrored`` (whether the other was turned for that);
    - of a crowd that is all alike, pairs enough to hold it together, and not every one;
    - ``group``, equal in pairs that hang together.

    A subclass says with `related` which pairs it is about, and with `near` which of these are
    too much alike.
    """

    meets_on: ClassVar[str | None] = "group"
    group: ClassVar[tuple[str, ...]] = ("group",)
    reads: ClassVar[tuple[str, ...]] = (
        "other", "other_split", "other_origin", "distance", "difference",
    )  # fmt: skip

    def related(self) -> pl.Expr:
        """Say of each pair whether it is of rows that should not be alike, by where they are."""
        raise NotImplementedError

    def near(self) -> pl.Expr:
        """Say of each pair whether its rows are too much alike."""
        raise NotImplementedError

    def nearness(self) -> pl.Expr:
        """How near a pair is, as a number."""
        return pl.col("distance").cast(pl.Float64)

    def beside(self) -> pl.Expr:
        """How near a pair is, in words."""
        return pl.format("near {} at distance {}", "other", "distance")

    def wrong(self) -> pl.Expr:
        return self.related() & self.near()

    def kept(self, sides: pl.DataFrame) -> pl.DataFrame:
        """Leave groups out that show no defect; *sides* has a row for each side of a pair."""
        return sides

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        return self.grouped(rows).drop("group")

    def grouped(self, rows: pl.DataFrame) -> pl.DataFrame:
        # A group is called by its first sample: numbers are those of a part.
        called = pl.col("key").min().over("together").alias("group")
        sides = self.kept(self._sides(rows)).with_columns(called).filter(pl.col("origin") == DATA)
        nearest = sides.sort("key", "distance", "difference", "other").unique("key", keep="first")
        return nearest.sort("key").select(
            "key", "split", "group", observed=self.nearness(), detail=self.beside()
        )

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        alone = rows.filter(pl.col("other").is_null())
        judged = alone.filter(pl.col("origin") == DATA).height
        groups = self.kept(self._sides(rows)).get_column("together").n_unique()
        return pl.DataFrame(
            {"checked": [judged], "compared": [alone.height - judged],
             "failed": [self.failing(rows).height], "groups": [groups]}
        )  # fmt: skip

    def bound(self) -> str:
        return "like no other"

    def says(self, observed: float) -> str:
        return f"expected {self.bound()}, found another at distance {observed:g}"

    def _sides(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Both sides of each pair that is wrong, and by ``together`` the group of the rule."""
        pairs = rows.filter(pl.col("other").is_not_null() & self.wrong())
        swapped = {
            "key": "other", "other": "key", "split": "other_split", "origin": "other_origin",
            "label": "other_label",
        }  # fmt: skip
        there = pairs.select(
            pl.col(swapped.get(name, name)).alias(name)
            for name in (*swapped, "distance", "difference")
            if swapped.get(name, name) in pairs.columns
        )
        together = _together(pairs.get_column("key"), pairs.get_column("other"))
        both = [pairs.select(there.columns), there]
        return pl.concat([one.with_columns(together=together) for one in both])


class LikenessRule(PairRule):
    """
    A rule about pictures that are nearly alike: their hashes, and then their sketches.

    Attributes:
        distance: The most bits in which the hashes of a pair differ, of 64.
        beyond: The bits that another rule judges already; -1 is none.
        difference: The most that the pictures of a pair differ at the second look, from
            0, alike, to 1, nothing in common.

    Class attributes:
        mirrored: Whether it is about pictures of which one is turned left to right.
    """

    table: ClassVar[str] = "phash"
    reads: ClassVar[tuple[str, ...]] = (*PairRule.reads, "mirrored")
    mirrored: ClassVar[bool] = False

    distance: int = Field(default=4, ge=0, le=32)
    beyond: int = Field(default=-1, ge=-1, le=31)
    difference: float = Field(default=0.25, gt=0, lt=1)

    @model_validator(mode="after")
    def _asks_for_some(self) -> Self:
        if self.beyond >= self.distance:
            msg = f"{self.code}: expected a `distance` beyond {self.beyond}, found {self.distance}"
            raise ValueError(msg)
        return self

    def near(self) -> pl.Expr:
        near = (pl.col("distance") > self.beyond) & (pl.col("distance") <= self.distance)
        alike = near & (pl.col("difference") <= self.difference)
        return alike & (pl.col("mirrored") == self.mirrored)


def in_the_data() -> pl.Expr:
    """Say of each pair whether both rows are of the judged data."""
    return (pl.col("origin") == DATA) & (pl.col("other_origin") == DATA)


def in_one_split() -> pl.Expr:
    """Say of each pair whether both rows are of the judged data, and of one split."""
    return in_the_data() & (pl.col("split") == pl.col("other_split"))


def across_splits() -> pl.Expr:
    """Say of each pair whether both rows are of the judged data, and of two splits."""
    return in_the_data() & (pl.col("split") != pl.col("other_split"))


def _together(one: pl.Series, other: pl.Series) -> pl.Series:
    """Number the groups that pairs make, where each has one with the next."""
    places = pl.concat([one, other]).rank("dense").to_numpy().astype(np.int64) - 1
    left, right = places[: len(one)], places[len(one) :]
    lowest = np.arange(places.max(initial=-1) + 1)
    while True:
        before = lowest.copy()
        least = np.minimum(lowest[left], lowest[right])
        for side in (left, right):
            np.minimum.at(lowest, lowest[side], least)
        while (lowest[lowest] < lowest).any():
            lowest = lowest[lowest]
        if (before == lowest).all():
            return pl.Series(lowest[left], dtype=pl.Int64)


_COUNTS = {"checked": pl.Int64, "failed": pl.Int64}


def counts(checked: int, failed: int) -> pl.DataFrame:
    """The partial of most rules; it is made some hundred times, mostly of few rows."""
    return pl.DataFrame([(checked, failed)], _COUNTS, orient="row")


def totals(partials: Sequence[pl.DataFrame], *columns: str) -> list[int]:
    """Sum the columns of all partials, exactly."""
    return [sum(int(one.get_column(name).sum()) for one in partials) for name in columns]


def worst_of(
    shares: Mapping[str, float], checked: int, detail: Callable[[str], str]
) -> Measurement:
    """The greatest of some shares, by name; *detail* says of a name what its share means."""
    worst = sorted(shares, key=lambda name: -shares[name])
    return Measurement(
        observed=shares[worst[0]],
        checked=checked,
        failed=0,
        examples=tuple(
            Example(key=name, observed=shares[name], detail=detail(name))
            for name in worst[:EXAMPLES]
            if shares[name]
        ),
    )


def precedence() -> pl.Expr:
    """
    Which of two splits keeps what is in both: the lower number.

    ``test`` is 0, ``val`` is 1, every split to learn from is 3, and any other is 2.  What
    is taken out of a split that others are compared by changes what scores mean.
    """
    name = pl.col("split").str.split("/").list.last().str.to_lowercase()
    return (
        pl.when(name.str.contains("^(test|eval)"))
        .then(0)
        .when(name.str.contains("^(val|dev)"))
        .then(1)
        .when(name.str.starts_with("train"))
        .then(3)
        .otherwise(2)
    )


def gathered(
    pieces: Iterable[pl.DataFrame], less: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """Put pieces together, one after the other; *less* is made of what is there, each time."""
    known = pl.DataFrame()
    for rows in pieces:
        known = less(pl.concat([known, rows], how="diagonal"))
    return known


def in_key_order(failing: pl.DataFrame) -> pl.DataFrame:
    """Order failing rows by file, by numbers of sample and annotation, by code and observation."""
    number = pl.col("key").str.extract(r"#(\d+)(?:@.*)?$").cast(pl.Int64, strict=False)
    annotation = pl.col("key").str.extract(r"#\d+@(\d+)$").cast(pl.Int64, strict=False)
    file = pl.col("key").str.replace(r"#\d+(@.*)?$", "")
    ties = [name for name in ("code", "observed") if name in failing.columns]
    return failing.sort(file, number, annotation, "key", *ties)


def first_of(failing: Iterable[pl.DataFrame], most: int) -> pl.DataFrame | None:
    """Take the first *most* rows in key order; none where there is nothing to take from."""
    first: pl.DataFrame | None = None
    for rows in failing:
        known = rows if first is None else pl.concat([first, rows])
        first = in_key_order(known).head(most)
    return first


def examples(rule: Rule, failing: Iterable[pl.DataFrame]) -> tuple[Example, ...]:
    """Take the first few failing rows, in key order, as examples of a verdict."""
    first = first_of(failing, EXAMPLES)
    if first is None:
        return ()
    said = pl.col("detail") if "detail" in first.columns else pl.lit("")
    shown = first.select("key", pl.col("observed").fill_null(math.nan), said.alias("detail"))
    return tuple(
        Example(
            key=key,
            observed=observed if math.isfinite(observed) else None,
            detail=utf8(detail) or rule.says(observed),
        )
        for key, observed, detail in shown.rows()
    )


def fold(rule: Rule, parts: Sequence[pl.DataFrame]) -> Measurement:
    """Measure what *parts* hold together: what every engine comes to."""
    partials = [rule.partial(part) for part in parts]
    if isinstance(rule, LaterRule):
        needed = [rule.needed(part) for part in parts]
        failing = [*second(rule, partials, lambda: pieces(needed))]
        measured = counted(rule.finish(partials), sum(rows.height for rows in failing))
        return with_examples(rule, measured, failing)
    return with_examples(rule, rule.finish(partials), (rule.failing(part) for part in parts))


def second(
    rule: LaterRule, partials: Sequence[pl.DataFrame], again: Again
) -> Iterator[pl.DataFrame]:
    """Take the second step of a rule; where the first looked at nothing, there is none."""
    if rule.finish(partials).checked:
        yield from rule.among(again, rule.learn(partials))


def counted(measured: Measurement, failed: int) -> Measurement:
    """Put two steps together: what the first looked at, and how much the second found."""
    if not measured.checked:
        return measured
    return Measurement(observed=failed, checked=measured.checked, failed=failed)


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
