"""
Parts of all shards, gathered until every rule has its measurement.

Whatever engine examined the shards, and however many at once, this is what is made of
what they found: in data order, and in memory that does not grow with the dataset.
"""

import math
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from datastd.engines import KEPT, Part, columns_met, count, keep, tables_of, tally
from datastd.engines.defects import nothing, said
from datastd.engines.spool import Meeting, Spool
from datastd.inputs import joined
from datastd.model import DATA, EXAMPLES, Measurement
from datastd.report import Split
from datastd.report.histogram import Histogram
from datastd.rules import (
    FAILING,
    Again,
    LaterRule,
    LikenessRule,
    Rule,
    counted,
    first_of,
    in_key_order,
    pieces,
    second,
    with_examples,
)
from datastd.rules.required_input import missing
from datastd.rules.responses.instruction_near_duplicate import InstructionNearDuplicate
from datastd.rules.text import SimilarRule
from datastd.standard import Standard
from datastd.waiting import each

if TYPE_CHECKING:
    from datastd.engines.pairs import Pairs

MOST_PARTIALS = 64
"""Partials of one rule that are kept apart."""
_SHOWN = ("key", "split", "detail", "group")
_ALIKE = 6  # rows of one group that are shown


class Found(NamedTuple):
    """
    How much there is of one kind of defect.

    Attributes:
        times: How often it was found,
        samples: and how many samples of it there are.
        first: The first few; columns as `defects.COLUMNS`.
    """

    times: int = 0
    samples: int = 0
    first: pl.DataFrame = nothing()


@dataclass(slots=True)
class Fold:
    """
    Parts gathered in data order, until every rule has its measurement.

    Memory does not grow with the dataset: rows that must meet, and rows that
    fail, go to disk beyond a stated number.

    Attributes:
        standard: What is asked.
        read: Samples of the judged data that were read.
        lost: Samples of the judged data that could not be read.
        defects: By code, how much of it there is and the first few.
        hashes: SHA-256 of the files of the judged data that were read from end to end.
        histograms: By code, how the values are spread of a column that the standard limits.
        words: By code and key, what is wrong with a row, where somebody looked at it again.
    """

    standard: Standard
    read: int = 0
    lost: int = 0
    defects: dict[str, Found] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    histograms: dict[str, Histogram] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    _failing: Spool = field(default_factory=Spool)
    _kept: Spool = field(default_factory=Spool)
    _partials: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _meeting: dict[tuple[str, str], "Meeting | Pairs"] = field(default_factory=dict)
    _splits: dict[str, tuple[int, Any]] = field(default_factory=dict)
    _records: dict[str, int] = field(default_factory=dict)
    _adding: threading.Lock = field(default_factory=threading.Lock)

    def add(self, part: Part) -> None:
        """Take one part; parts come in data order."""
        if part.origin == DATA:
            self.read += part.rows
            self.lost += part.lost
            seen = self._records.get(part.split, 0)
            self._records[part.split] = seen + part.rows + part.lost
            self.add_defects(part.defects, part.split)
            self.hashes |= part.hashes
        if part.origin == DATA and part.rows:
            rows, total = self._splits.get(part.split, (0, sha256()))
            total.update(part.records)
            self._splits[part.split] = rows + part.rows, total
        for code, partial in part.partials.items():
            self._count_in(code, partial)
        for code, failing in part.failing.items():
            self._failing.add(code, failing)
        for code, kept in part.kept.items():
            self._kept.add(code, kept)
        for code, histogram in part.histograms.items():
            self.histograms[code] = self.histograms.get(code, Histogram()) + histogram
        for place, meeting in part.meeting.items():
            if place not in self._meeting:
                self._meeting[place] = self._place(place)
            self._meeting[place].add(meeting)

    def add_defects(self, defects: pl.DataFrame, split: str = "") -> None:
        """Take what could not be read; columns as `defects.COLUMNS`."""
        for (code,), some in defects.group_by("code", maintain_order=True):
            times, samples, first = self.defects.get(str(code), Found())
            self.defects[str(code)] = Found(
                times + some.height,
                samples + int(some.get_column("samples").sum()),
                pl.concat([first, some]).head(EXAMPLES),
            )
            rows = some.select(
                "key", split=pl.lit(split), observed=pl.col("samples").cast(pl.Float64),
                detail=said(), group=pl.lit(None, pl.String),
            )  # fmt: skip
            self._failing.add(str(code), rows)

    def add_table(self, name: str, rows: pl.DataFrame) -> None:
        """Let the rules about a table that is of no shard look at it, such as ``files``."""
        part = Part()
        for rule in self.standard.rules:
            if rule.table == name and rows.height:
                count(rule, rows, part, {})
        self.add(part)

    def records(self, stated: Mapping[str, int]) -> pl.DataFrame:
        """
        The splits: how many records each has, readable or not, and how many are *stated*.

        Columns ``split``, ``records``, ``stated`` (null where nothing is) and ``origin``.
        """
        rows = [
            (split, self._records.get(split, 0), stated.get(split), DATA)
            for split in sorted({*self._records, *stated})
            if split in stated or self._records[split]
        ]
        schema = {"split": pl.String, "records": pl.Int64, "stated": pl.Int64, "origin": pl.String}
        return pl.DataFrame(rows, schema, orient="row")

    def splits(self) -> dict[str, Split]:
        """Each split as it was read: its length, and a digest of all its records."""
        return {
            name: Split(records=rows, recordDigest=total.hexdigest())
            for name, (rows, total) in self._splits.items()
        }

    def measurements(
        self, given: Mapping[str, Any], jobs: int = 1
    ) -> list[tuple[Rule, Measurement]]:
        """
        Every rule with its measurement; a rule that lacks an input looked at nothing.

        Tables whose rows have to meet are gone through by so many threads, each by one: a rule
        is given the rows of one table, in order.
        """
        met = each(self._count_met, [*self._meeting], jobs=jobs, stop=self._meeting.clear)
        for _ in met:
            pass
        return [(rule, self._finish(rule, given)) for rule in self.standard.judged]

    def measured(self, codes: Iterable[str]) -> dict[str, Measurement]:
        """What the rules of some codes come to, as far as the standard has them."""
        wanted = {*codes}
        return {
            rule.called[0]: self._finish(rule, {})
            for rule in self.standard.judged
            if rule.called[0] in wanted
        }

    def failing_of(self, code: str) -> pl.DataFrame:
        """Every row that shows a defect, in key order, with what it should have been."""
        pieces = [pl.DataFrame(schema=KEPT), *self._shown(code)]
        bounds = {rule.called[0]: rule.bound() for rule in self.standard.judged}
        limit = pl.lit(bounds.get(code, "readable"), pl.String)
        return in_key_order(pl.concat(pieces)).select(*FAILING, "detail", "group", limit=limit)

    def _count_met(self, place: tuple[str, str]) -> None:
        rules = self._meet(place)
        meeting = self._meeting.pop(place, None)  # counted once, and given back
        for again in meeting.groups() if meeting else ():
            for rule in rules:
                self._count(rule, again)

    def _meet(self, place: tuple[str, str]) -> list[Rule]:
        return [rule for rule in self.standard.rules if (rule.table, rule.meets_on) == place]

    def _place(self, place: tuple[str, str]) -> "Meeting | Pairs":
        # Each is loaded where a standard asks for it: few do, and it brings its kernels.
        rules = self._meet(place)
        if likeness := [rule for rule in rules if isinstance(rule, LikenessRule)]:
            from datastd.engines.nearby import Nearby  # noqa: PLC0415

            return Nearby(likeness)
        if similar := [rule for rule in rules if isinstance(rule, SimilarRule)]:
            from datastd.engines.overlap import Overlap  # noqa: PLC0415

            return Overlap(similar)
        if wording := [rule for rule in rules if isinstance(rule, InstructionNearDuplicate)]:
            from datastd.engines.wording import Wording  # noqa: PLC0415

            return Wording(wording)
        return Meeting(place[1])

    def first_of(self, code: str, most: int) -> pl.DataFrame:
        """
        List the first failing rows of a code, those about each other together.

        Returns:
            At most *most* rows ``key``, ``split``, ``detail``, ``group``: in key order, each
            followed by the first few others of its group.
        """
        first = first_of(self._shown(code), most)
        if first is None:
            return pl.DataFrame(schema={name: KEPT[name] for name in _SHOWN})
        known = first.get_column("group").drop_nulls().unique()
        if len(known):  # others of these groups come later, in key order
            rest = (rows.filter(pl.col("group").is_in(known.implode())) for rows in
                    self._shown(code))  # fmt: skip
            alike = _first_of_each(rest)
            alone = first.filter(pl.col("group").is_null())
            first = in_key_order(pl.concat([alone, alike]))
        says = {rule.called[0]: rule.says for rule in self.standard.judged}.get(code, str)
        row = pl.col("row")
        at = pl.when(pl.col("group").is_null()).then(row).otherwise(row.min().over("group"))
        ordered = first.with_row_index("row").sort(at, maintain_order=True).head(most)
        details = [
            detail or says(math.nan if observed is None else observed)
            for detail, observed in ordered.select("detail", "observed").rows()
        ]
        return ordered.with_columns(detail=pl.Series(details, dtype=pl.String)).select(_SHOWN)

    def _count(self, rule: Rule, again: Again) -> None:
        wanted = columns_met(rule)
        # Rows of an input meet those of the data, for the rules that ask for it only.
        asked = pl.col("origin").is_in([DATA, *rule.needs])
        if not {*wanted} <= {*next(again()).columns}:
            return

        def seen() -> Iterator[pl.DataFrame]:
            for rows in again():
                mark = rows.select(asked).to_series()
                its = rows.select(wanted)
                yield its if mark.all() else its.filter(mark)  # what is filtered is copied

        if isinstance(rule, LaterRule):
            part = Part()
            tally(rule, pl.concat(seen()), part)
            self._add(part)
            return
        for partial, rows in rule.met(seen):
            part = Part(partials={rule.code: partial})
            keep(part.failing, rule.code, rows)
            self._add(part)

    def _add(self, part: Part) -> None:
        """Take a part of what has met, whichever thread gives it."""
        with self._adding:
            self.add(part)

    def _finish(self, rule: Rule, given: Mapping[str, Any]) -> Measurement:
        if not all(role in given for role in rule.needs):
            return _unasked(rule)
        code = rule.called[0]
        partials = self._partials.get(code, ())
        measured = rule.finish(partials)
        if isinstance(rule, LaterRule):
            failed = 0
            for rows in second(rule, partials, lambda: self._again(rule, given)):
                part = Part()
                keep(part.failing, code, rows)
                self.add(part)
                failed += rows.height
            measured = counted(measured, failed)
        return with_examples(rule, measured, self._shown(code))

    def _shown(self, code: str) -> Iterator[pl.DataFrame]:
        """Rows that show a defect, with what is known of them in words."""
        known = self.words.get(code)
        for rows in self._failing.read(code):
            if known:
                said = pl.col("key").replace_strict(known, default=None, return_dtype=pl.String)
                yield rows.with_columns(detail=pl.coalesce(said, "detail"))
            else:
                yield rows

    def _again(self, rule: LaterRule, given: Mapping[str, Any]) -> Iterator[pl.DataFrame]:
        """What was kept for a rule, piece by piece, with the columns of its inputs read again."""
        for rows in pieces(self._kept.read(rule.code)):
            yield joined(rows, tables_of(rule, given))

    def _count_in(self, code: str, partial: pl.DataFrame) -> None:
        """Take one partial of a rule; many become one, so that a shard leaves no more than it."""
        known = self._partials.setdefault(code, [])
        known.append(partial)
        if len(known) > MOST_PARTIALS:
            rule = next(rule for rule in self.standard.judged if rule.called[0] == code)
            known[:] = [rule.merged(known)]


def _first_of_each(pieces: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Take the first few rows of each group, in key order."""
    first: pl.DataFrame | None = None
    for rows in pieces:
        known = rows if first is None else pl.concat([first, rows])
        ordered = in_key_order(known)
        first = ordered.filter(pl.int_range(pl.len()).over("group") < _ALIKE)
    return pl.DataFrame(schema=KEPT) if first is None else first


def _unasked(rule: Rule) -> Measurement:
    """What a rule comes to without its input: it has looked at nothing, and says what for."""
    lacks = tuple(map(missing, rule.needs[:EXAMPLES]))
    return Measurement(observed=0, checked=0, failed=0, examples=lacks)
