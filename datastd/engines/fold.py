"""
Parts of all shards, gathered until every rule has its measurement.

Whatever engine examined the shards, and however many at once, this is what is made of
what they found: in data order, and in memory that does not grow with the dataset.
"""

import itertools
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import polars as pl

from datastd.engines import Part, columns, count, tally
from datastd.engines.spool import Meeting, Spool
from datastd.errors import UsageError
from datastd.model import DATA, EXAMPLES, Level, Measurement
from datastd.quiet import utf8
from datastd.report import Split
from datastd.rules import FAILING, Rule, in_key_order, with_examples
from datastd.rules.required_input import missing
from datastd.sources import Defect
from datastd.standard import Standard


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
    """

    standard: Standard
    read: int = 0
    lost: int = 0
    defects: dict[str, tuple[int, list[Defect]]] = field(default_factory=dict)
    _failing: Spool = field(default_factory=Spool)
    _partials: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    _meeting: dict[tuple[str, str], Meeting] = field(default_factory=dict)
    _splits: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def add(self, part: Part) -> None:
        """
        Take one part; parts come in data order.

        Raises:
            UsageError: Something in an input could not be read.
        """
        if part.origin == DATA:
            self.read += part.rows
            self.lost += part.lost
            self.add_defects(part.defects, part.split)
        for defect in part.defects if part.origin != DATA else ():
            refuse(part.origin, defect)
        if part.origin == DATA and part.rows:
            rows, total = self._splits.get(part.split, (0, sha256()))
            total.update(part.records)
            self._splits[part.split] = rows + part.rows, total
        for code, partial in part.partials.items():
            self._partials.setdefault(code, []).append(partial)
        for code, failing in part.failing.items():
            self._failing.add(code, failing)
        for place, meeting in part.meeting.items():
            self._meeting.setdefault(place, Meeting(place[1])).add(meeting)

    def add_defects(self, defects: Sequence[Defect], split: str = "") -> None:
        """Take what could not be read."""
        for defect in defects:
            total, shown = self.defects.get(defect.code, (0, []))
            amount = defect.samples if defect.unit == "samples" else 1
            self.defects[defect.code] = total + amount, [*shown, defect][:EXAMPLES]
        for code, some in itertools.groupby(defects, lambda defect: defect.code):
            rows = [(utf8(one.key), split, 1.0, utf8(str(one))) for one in some]
            schema = {**FAILING, "detail": pl.String}
            self._failing.add(code, pl.DataFrame(rows, schema, orient="row"))

    def add_files(self, files: pl.DataFrame) -> None:
        """Let the rules about files look at them."""
        part = Part()
        for rule in self.standard.rules:
            if rule.table == "files" and files.height:
                count(rule, files, part)
        self.add(part)

    def splits(self) -> dict[str, Split]:
        """Each split as it was read: its length, and a digest of all its records."""
        return {
            name: Split(records=rows, recordDigest=total.hexdigest())
            for name, (rows, total) in self._splits.items()
        }

    def measurements(self, given: Container[str]) -> list[tuple[Rule, Measurement]]:
        """Every rule with its measurement; a rule that lacks an input looked at nothing."""
        while self._meeting:  # counted once, and given back
            place, meeting = self._meeting.popitem()
            meet = [rule for rule in self.standard.rules if (rule.table, rule.meets_on) == place]
            for rows in meeting.groups():
                for rule in meet:
                    self._count(rule, rows)
        return [
            (rule, self._finish(rule) if all(r in given for r in rule.needs) else _unasked(rule))
            for rule in self.standard.judged
        ]

    def failing_of(self, code: str) -> pl.DataFrame:
        """Every row that shows a defect, in key order, with what it should have been."""
        pieces = [pl.DataFrame(schema={**FAILING, "detail": pl.String}), *self._failing.read(code)]
        bounds = {rule.called[0]: rule.bound() for rule in self.standard.judged}
        limit = pl.lit(bounds.get(code, "readable"), pl.String)
        return in_key_order(pl.concat(pieces)).select(*FAILING, "detail", limit=limit)

    def _count(self, rule: Rule, rows: pl.DataFrame) -> None:
        wanted = columns(rule)
        if not {*wanted} <= {*rows.columns}:
            return
        # Rows of an input meet those of the data, for the rules that ask for it only.
        seen = rows.select(wanted).filter(pl.col("origin").is_in([DATA, *rule.needs]))
        part = Part()
        tally(rule, seen, part)
        self.add(part)

    def _finish(self, rule: Rule) -> Measurement:
        code = rule.called[0]
        measured = rule.finish(self._partials.get(code, ()))
        return with_examples(rule, measured, self._failing.read(code))


def _unasked(rule: Rule) -> Measurement:
    """What a rule comes to without its input: it has looked at nothing, and says what for."""
    lacks = tuple(map(missing, rule.needs[:EXAMPLES]))
    return Measurement(observed=0, checked=0, failed=0, examples=lacks)


def refuse(role: str, defect: Defect) -> None:
    """
    Refuse an input in which something could not be read: it would be compared with less.

    Raises:
        UsageError: The defect is one that blocks.
    """
    if defect.level is Level.ERROR:
        found = f"{defect.code} in {defect.key}: {defect}"
        raise UsageError(f"--input {role}", "sound data", found)
