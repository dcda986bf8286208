"""
Where work runs, and the one thing that every engine does: examine a shard.

`examine` turns a shard into small, plain values; an engine calls it for every
shard, in any order and anywhere, and hands the parts to `fold.Fold` in data order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from datastd.measures import Measure, evaluate
from datastd.model import DATA
from datastd.rules import FAILING, Rule
from datastd.sources import Batch, Defect, Shard, Source
from datastd.standard import Standard


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
        tally(rule, seen, part)


def tally(rule: Rule, seen: pl.DataFrame, part: Part) -> None:
    """Let *rule* count in rows that need not meet others, or have met them."""
    part.partials[rule.code] = rule.partial(seen)
    keep(part.failing, rule.code, rule.failing(seen))


def keep(failing: dict[str, pl.DataFrame], code: str, rows: pl.DataFrame) -> None:
    """Set the rows that show a defect aside, if there are any."""
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
    # A label that is null has no number of its own; the digest is of what has one.
    labels = samples.get_column("label").cast(pl.Int64).fill_null(-1).to_numpy().astype("<i8")
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
        keep(part.failing, rule.called[0], found)


def tasks(source: Source, shards: Iterable[Shard], inputs: Mapping[str, Source]) -> list[Task]:
    """Every shard of the data and of what it is compared with, in data order."""
    judged = [Task(source, shard) for shard in shards]
    return judged + [
        Task(one, shard, role) for role, one in inputs.items() for shard in one.plan().shards
    ]
