"""
Where work runs, and the one thing that every engine does: examine a shard.

`examine` turns a shard into small, plain values; an engine calls it for every
shard, in any order and anywhere, and hands the parts to `Fold` in data order.
"""

import itertools
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
import polars as pl

from datastd.engines.spool import Meeting, Spool
from datastd.errors import UsageError
from datastd.measures import Measure, evaluate
from datastd.model import EXAMPLES, Level, Measurement
from datastd.report import Split
from datastd.rules import FAILING, Rule, in_key_order, with_examples
from datastd.sources import Batch, Defect, Shard, Source
from datastd.standard import Standard

DATA = "data"
"""Origin of the judged samples; every other origin is the role of an input."""


@dataclass(frozen=True, slots=True)
class Task:
    """One shard to examine, and where its samples come from."""

    source: Source
    shard: Shard
    origin: str = DATA


@dataclass(slots=True)
class Part:
    """
    What is kept of one shard; its payload is gone.

    Attributes:
        origin: Where its samples come from.
        split: The split that they belong to.
        rows: Samples read.
        records: Digest and label of each, 40 bytes, in order.
        defects: What could not be read, in order.
        partials: By code, what the rule counted.
        failing: By code, the rows that show the defect.
        meeting: By table and column to meet on, the rows that have to meet.
    """

    origin: str = DATA
    split: str = ""
    rows: int = 0
    records: bytes = b""
    defects: list[Defect] = field(default_factory=list)
    partials: dict[str, pl.DataFrame] = field(default_factory=dict)
    failing: dict[str, pl.DataFrame] = field(default_factory=dict)
    meeting: dict[tuple[str, str], pl.DataFrame] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """Samples that could not be read."""
        return sum(defect.samples for defect in self.defects)


def examine(task: Task, standard: Standard, inputs: Mapping[str, Any]) -> Part:
    """
    Read one shard, measure it, and let every rule count in it.

    Raises:
        AssertionError: The source gave other samples than its plan promised.
    """
    part = Part(task.origin, task.shard.split)
    pieces: dict[str, list[pl.DataFrame]] = {"samples": []}
    for read in task.source.read(task.shard):
        if isinstance(read, Defect):
            part.defects.append(read)
            continue
        for name, table in _tables(read, task, standard, inputs).items():
            pieces.setdefault(name, []).append(table)
    tables = {name: pl.concat(some) for name, some in pieces.items() if some}
    samples = tables.get("samples", pl.DataFrame())
    part.rows, part.records = samples.height, _records(samples)
    if task.shard.samples not in {None, part.rows + part.lost}:
        msg = f"{task.shard} was read as {part.rows} samples, and {part.lost} defective"
        raise AssertionError(msg)
    if task.origin == DATA:
        _limits(standard, samples, part)
    for rule in asked(standard, task.origin):
        if rule.table in tables:
            count(rule, tables[rule.table], part)
    return part


def asked(standard: Standard, origin: str) -> Iterator[Rule]:
    """Rules that look at rows of an origin: all at the data, few at an input."""
    return (r for r in standard.rules if origin == DATA or origin in r.needs)


def _instruments(standard: Standard, origin: str) -> Iterator[Measure]:
    """Measures of the samples of an origin: all of the data, those asked for of an input."""
    wanted = {name for rule in asked(standard, origin) for name in (rule.table, *rule.reads)}
    return (m for m in standard.measures if origin == DATA or m.column in wanted)


def columns(rule: Rule) -> list[str]:
    """Columns that a rule is given, beside the key."""
    here = ["key", "split", "origin"] if rule.table != "files" else ["origin"]
    met = [rule.meets_on] if rule.meets_on else []
    return list(dict.fromkeys([*here, *rule.reads, *met]))


def count(rule: Rule, rows: pl.DataFrame, part: Part) -> None:
    """Let *rule* count in *rows*, or set aside what it needs to meet others."""
    wanted = columns(rule)
    if not {*wanted} <= {*rows.columns}:
        return  # nobody filled the column: the rule looks at nothing
    seen = rows.select(wanted)
    if rule.meets_on:
        place = rule.table, rule.meets_on
        known = part.meeting.get(place)
        more = [c for c in wanted if known is None or c not in known.columns]
        part.meeting[place] = (
            seen if known is None else known.hstack(seen.select(more)) if more else known
        )
    else:
        part.partials[rule.code] = rule.partial(seen)
        _keep(part.failing, rule.code, rule.failing(seen))


def _keep(failing: dict[str, pl.DataFrame], code: str, rows: pl.DataFrame) -> None:
    if rows.height:
        failing[code] = rows.select(
            *(pl.col(c).cast(t) for c, t in FAILING.items()), detail=pl.lit("")
        )


def _tables(
    batch: Batch, task: Task, standard: Standard, inputs: Mapping[str, Any]
) -> dict[str, pl.DataFrame]:
    """The samples table of one batch, and the tables that measures give."""
    given = {**inputs, **batch.columns}
    results = evaluate(_instruments(standard, task.origin), given)
    place = {"key": batch.keys, "origin": task.origin, "split": task.shard.split}
    flat = {name: c for name, c in batch.columns.items() if isinstance(c, pl.Series) or c.ndim == 1}
    measured = {n: c for n, c in results.items() if not isinstance(c, pl.DataFrame)}
    if {*batch.columns} != {*flat}:
        place["digest"] = pl.Series(batch.digests(), dtype=pl.Binary)
    samples = pl.DataFrame({**place, **flat, **measured})
    tables = {"samples": samples}
    for name, rows in results.items():
        if isinstance(rows, pl.DataFrame):
            at = rows.get_column("row").cast(pl.Int64)
            here = samples.select("key", "split", "origin")[at]
            tables[name] = here.hstack(rows.drop("row"))
    return tables


def _records(samples: pl.DataFrame) -> bytes:
    """Digest and label of each sample, one after the other."""
    if not {"digest", "label"} <= {*samples.columns} or not samples.height:
        return b""
    framed = np.empty((samples.height, 40), np.uint8)
    digests = b"".join(samples.get_column("digest").to_list())
    framed[:, :32] = np.frombuffer(digests, np.uint8).reshape(-1, 32)
    labels = samples.get_column("label").cast(pl.Int64).to_numpy().astype("<i8")
    framed[:, 32:] = labels.view(np.uint8).reshape(-1, 8)
    return framed.tobytes()


def _limits(standard: Standard, samples: pl.DataFrame, part: Part) -> None:
    """Ask pandera once for all columns, and count for each of them."""
    if standard.door is None:
        return
    outside = standard.door.outside(samples)
    for column, mark in outside.items():
        rule = standard.limits[column]
        part.partials[rule.called[0]] = rule.partial(mark.alias(column).to_frame())
        value = pl.col(column).cast(pl.Float64, strict=False)
        found = samples.filter(mark).select("key", "split", observed=value)
        _keep(part.failing, rule.called[0], found)


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
            rows = [(_utf8(one.key), split, 1.0, _utf8(str(one))) for one in some]
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
        nothing = Measurement(observed=0, checked=0, failed=0)
        return [
            (rule, self._finish(rule) if all(r in given for r in rule.needs) else nothing)
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
        self._partials.setdefault(rule.code, []).append(rule.partial(seen))
        found: dict[str, pl.DataFrame] = {}
        _keep(found, rule.code, rule.failing(seen))
        for code, failing in found.items():
            self._failing.add(code, failing)

    def _finish(self, rule: Rule) -> Measurement:
        code = rule.called[0]
        measured = rule.finish(self._partials.get(code, ()))
        return with_examples(measured, self._failing.read(code))


def _utf8(text: str) -> str:
    """Write out what no table can hold: bytes of a file's name that are no UTF-8."""
    return text.encode(errors="backslashreplace").decode()


def refuse(role: str, defect: Defect) -> None:
    """
    Refuse an input in which something could not be read: it would be compared with less.

    Raises:
        UsageError: The defect is one that blocks.
    """
    if defect.level is Level.ERROR:
        found = f"{defect.code} in {defect.key}: {defect}"
        raise UsageError(f"--input {role}", "sound data", found)


def tasks(
    source: Source, shards: Iterable[Shard], inputs: Mapping[str, Source]
) -> list[Task]:
    """Every shard of the data and of what it is compared with, in data order."""
    judged = [Task(source, shard) for shard in shards]
    return judged + [
        Task(one, shard, role)
        for role, one in inputs.items()
        for shard in one.plan().shards
    ]
