"""
Where work runs, and the two things that every engine does: look at a shard, and count.

`look` reads and measures: payloads come in, small tables go out, in this process or in
a worker's.  `examine` lets every rule count in those tables.  An engine calls it for
every shard, in any order, and hands the parts to `fold.Fold` in data order.

However large a shard is, such as a compressed file, which cannot be cut: what is seen of it
comes in pieces of bounded size, and each is a part.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeAlias, cast

import numpy as np
import polars as pl

from datastd.engines.defects import lost, nothing, refuse, tabled
from datastd.inputs import COLUMNS, joined
from datastd.measures import (
    Instrument,
    Measure,
    Numbers,
    Over,
    Table,
    Values,
    are_over,
    evaluate,
    frame,
    steps_of,
)
from datastd.model import DATA
from datastd.report.histogram import Histogram
from datastd.rules import FAILING, PIECE, LaterRule, PairRule, Rule
from datastd.rules.row_limits import RowLimit
from datastd.sources import PAYLOADS, Array, Batch, Column, Defect, Shard, Source
from datastd.standard import Standard

KEPT = {**FAILING, "detail": pl.String, "group": pl.String}
"""Columns of what is kept of each failing row."""


KEYLESS = frozenset({"files", "manifest", "splits"})
"""Tables whose rows are no samples, and no folders of them."""

PLACE = ("key", "split", "origin", "digest", "label")
"""Columns of the samples table that a measure's own table has too."""

_WHERE = ("key", "split")

ROWS = 1 << 16  # samples of a piece of what is seen, at most,
BYTES = 32 << 20  # and bytes of its tables, or some more: those of one batch
OBJECTS = 1 << 13  # defects that are held as such; more become a table


@dataclass(frozen=True, slots=True)
class Task:
    """
    One shard to examine.

    Attributes:
        source: Who reads it.
        shard: Which.
        origin: Where its samples come from.
        is_sound: Whether it has to be, where it is of an input: what cannot be read in it then
            ends the run.
    """

    source: Source
    shard: Shard
    origin: str = DATA
    is_sound: bool = True


@dataclass(slots=True)
class Seen:
    """
    What was read and measured of some samples; a plain value that pickles.

    Attributes:
        tables: The samples table without ``split`` and ``origin``, and those of annotations
            and that measures give, of which ``row`` numbers the rows of the samples table.
        defects: What could not be read, in order; columns as `defects.COLUMNS`.
        hashes: SHA-256 of the files that were read from end to end, by path.
    """

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    defects: pl.DataFrame = field(default_factory=nothing)
    hashes: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes that it takes, about."""
        return _size([*self.tables.values(), self.defects])


Look: TypeAlias = Callable[[Task, Sequence[Instrument]], Iterator[Seen]]
"""How the shard of a task is read and measured, in pieces: here, or in a worker process."""


Each: TypeAlias = Callable[..., Iterable[Seen | Defect]]
"""How a function is applied to each batch or defect of a shard, in order: as `map` does."""


@dataclass(slots=True)
class Part:
    """
    What is kept of consecutive samples of one shard; their payload is gone.

    Attributes:
        origin: Where its samples come from.
        split: The split that they belong to.
        rows: Samples read,
        lost: and samples that could not be read.
        records: Digest and label of each, 40 bytes, in order.
        defects: What could not be read, in order; columns as `defects.COLUMNS`.
        hashes: SHA-256 of the files that were read from end to end, by path.
        partials: By code, what the rule counted.
        failing: By code, the rows that show the defect.
        meeting: By table and column to meet on, the rows that have to meet.
        kept: By code, the rows that the rule will be given again.
        histograms: By code, how the values are spread of a column that the standard limits.
    """

    origin: str = DATA
    split: str = ""
    rows: int = 0
    lost: int = 0
    records: bytes = b""
    defects: pl.DataFrame = field(default_factory=nothing)
    hashes: dict[str, str] = field(default_factory=dict)
    partials: dict[str, pl.DataFrame] = field(default_factory=dict)
    failing: dict[str, pl.DataFrame] = field(default_factory=dict)
    meeting: dict[tuple[str, str], pl.DataFrame] = field(default_factory=dict)
    kept: dict[str, pl.DataFrame] = field(default_factory=dict)
    histograms: dict[str, Histogram] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes that it takes, about."""
        held = self.partials, self.failing, self.meeting, self.kept
        tables = [table for some in held for table in some.values()]
        return len(self.records) + _size([*tables, self.defects])


def measured(
    reads: Iterable[Batch | Defect],
    measures: Sequence[Instrument],
    inputs: Mapping[str, Any],
    each: Each = map,
    wanted: Container[str] | None = None,
) -> Iterator[Seen]:
    """
    Measure what is read, a batch at a time.

    Payloads are dropped once they are measured; so are columns of samples that are not *wanted*,
    where anybody says which are: texts among them would keep a whole batch in memory.
    """

    def look(read: Batch | Defect) -> Seen | Defect:
        if isinstance(read, Defect):
            return read
        return Seen(_tables(read, measures, inputs, wanted), hashes={**read.hashes})

    return pieces(each(look, reads))


def pieces(found: Iterable[Seen | Defect]) -> Iterator[Seen]:
    """Put together what was found of consecutive samples, in pieces of bounded size."""
    piece = _Piece()
    for one in found:
        piece.add(one)
        if piece.is_full:
            yield piece.seen()
            piece = _Piece()
    if not piece.is_empty:
        yield piece.seen()


@dataclass(slots=True)
class _Piece:
    """What was found of consecutive samples, while there is room for more."""

    tables: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    defects: list[pl.DataFrame] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    size: int = 0
    objects: list[Defect] = field(default_factory=list)

    def add(self, one: Seen | Defect) -> None:
        if isinstance(one, Defect):
            self.objects.append(one)
            return
        for name, table in one.tables.items():
            moved = self.rows and name != "samples"
            rows = table.with_columns(pl.col("row") + self.rows) if moved else table
            self.tables.setdefault(name, []).append(rows)
        self._settle(one.defects)
        self.hashes |= one.hashes
        self.rows += one.tables["samples"].height if "samples" in one.tables else 0
        self.size += one.size

    def _settle(self, more: pl.DataFrame) -> None:
        """Make a table of the defects that are held as such, and take *more*, behind them."""
        self.defects += [some for some in (tabled(self.objects), more) if some.height]
        self.objects = []

    @property
    def is_empty(self) -> bool:
        return not (self.tables or self.defects or self.objects)

    @property
    def is_full(self) -> bool:
        return self.rows >= ROWS or self.size >= BYTES or len(self.objects) >= OBJECTS

    def seen(self) -> Seen:
        self._settle(nothing())
        tables = {name: pl.concat(some) for name, some in self.tables.items()}
        return Seen(tables, pl.concat([nothing(), *self.defects]), self.hashes)


def _size(tables: Iterable[pl.DataFrame]) -> int:
    return sum(int(table.estimated_size()) for table in tables)


BOX = "x_px", "y_px", "w_px", "h_px"
"""Columns of annotations that say where a box is, where they are boxes."""


def as_read(reads: Iterable[Batch | Defect]) -> Iterator[Seen]:
    """What is read, pictures as bytes in a table, and boxes; `whole` makes batches of it."""
    for read in reads:
        if isinstance(read, Defect):
            yield Seen(defects=tabled([read]))
            continue
        rows: list[tuple[str, bytes, str, list[int]]] = []
        for key, picture in zip(read.keys, read.pictures, strict=True):
            array = np.ascontiguousarray(picture)
            rows.append((key, array.tobytes(), array.dtype.str, [*array.shape]))
        kinds = [("key", pl.String), ("bytes", pl.Binary), ("dtype", pl.String)]
        shape = ("shape", pl.List(pl.Int64))
        tables = {"samples": pl.DataFrame(rows, [*kinds, shape], orient="row")}
        if (known := read.annotations) is not None and {*BOX} <= {*known.columns}:
            tables["boxes"] = known.select("annotation", *BOX, key=read.keys[known["row"]])
        yield Seen(tables)


def whole(seen: Seen) -> Batch:
    """The pictures of what `as_read` made, by their keys; and boxes in them."""
    table = seen.tables["samples"]
    pictures = [
        np.frombuffer(content, np.dtype(kind)).reshape(shape)
        for content, kind, shape in table.select("bytes", "dtype", "shape").rows()
    ]
    keys = table.select("key").with_row_index("row").cast({"row": pl.Int64})
    boxes = seen.tables.get("boxes")
    known = None if boxes is None else boxes.join(keys, "key", maintain_order="left").drop("key")
    return Batch(table.get_column("key"), {"image": pictures}, annotations=known)


def examine(
    task: Task,
    standard: Standard,
    inputs: Mapping[str, Any],
    look: Look | None = None,
    each: Each = map,
) -> Iterator[Part]:
    """
    Look at one shard, and let every rule count in each piece of what is seen.

    The limits of values are asked about once for several pieces.

    Raises:
        AssertionError: The source gave other samples than its plan promised.
        UsageError: Something in an input could not be read.
    """
    measures = tuple(instruments(standard, task.origin))
    given, wanted = {**inputs, **standard.told}, _looked_at(standard)
    rows = defective = 0
    held: dict[Over, list[pl.DataFrame]] = {}
    for seen in seen_by(measures, task, given, look, each, wanted):
        tables = _placed(seen.tables, task)
        part = _counted(task, standard, inputs, seen, tables)
        rows, defective = rows + part.rows, defective + part.lost
        yield part
        for table, door in standard.doors.items() if task.origin == DATA else ():
            if table in tables:
                asked_of = {*door.limits, *_WHERE} & {*tables[table].columns}
                held.setdefault(table, []).append(tables[table].select(sorted(asked_of)))
        if _size(some for of in held.values() for some in of) >= BYTES:
            yield _limits(standard, held)
            held = {}
    if held:
        yield _limits(standard, held)
    if task.shard.samples not in {None, rows + defective}:
        msg = f"{task.shard} was read as {rows} samples, and {defective} defective"
        raise AssertionError(msg)


def _counted(
    task: Task,
    standard: Standard,
    inputs: Mapping[str, Any],
    seen: Seen,
    tables: Mapping[str, pl.DataFrame],
) -> Part:
    """Let every rule count in one piece of what is seen, whose *tables* say where it is from."""
    if task.origin != DATA and task.is_sound:
        refuse(task.origin, seen.defects, task.source.kinds)
    samples = tables.get("samples", pl.DataFrame())
    part = Part(
        task.origin, task.shard.split, samples.height,
        int(lost(seen.defects, task.source.kinds).get_column("samples").sum()),
        _records(samples), seen.defects, seen.hashes,
    )  # fmt: skip
    for rule in asked(standard, task.origin):
        if rule.table in tables and {*rule.needs} <= {*inputs}:
            count(rule, tables[rule.table], part, inputs)
    return part


def seen_by(  # noqa: PLR0913, PLR0917
    measures: Sequence[Instrument],
    task: Task,
    given: Mapping[str, Any],
    look: Look | None,
    each: Each = map,
    wanted: Container[str] | None = None,
) -> Iterator[Seen]:
    """What instruments say of one shard; who looks elsewhere knows what is given."""
    if look:
        return look(task, measures)
    return measured(task.source.read(task.shard), measures, given, each, wanted)


def asked(standard: Standard, origin: str) -> Iterator[Rule]:
    """Rules that look at rows of an origin: all at the data, few at an input."""
    return (r for r in standard.rules if origin == DATA or origin in r.needs)


def _looked_at(standard: Standard) -> frozenset[str]:
    """Columns of the samples that a rule or a limit reads, or that tell samples apart."""
    read = (columns(rule) for rule in standard.rules if rule.table == "samples")
    return frozenset({*PLACE, *standard.limits}.union(*read))


def instruments(standard: Standard, origin: str) -> Iterator[Measure]:
    """Measures of the samples of an origin: all of the data, those asked for of an input."""
    wanted = {name for rule in asked(standard, origin) for name in (rule.table, *rule.reads)}
    return (m for m in standard.measures if origin == DATA or m.column in wanted)


def columns(rule: Rule) -> list[str]:
    """Columns of which a rule is given rows, or makes those that have to meet."""
    met = [rule.meets_on] if rule.meets_on and not rule.brings else []
    return [*dict.fromkeys([*_place_of(rule), *rule.reads, *met])]


def columns_met(rule: Rule) -> list[str]:
    """Columns of the rows that a rule is given once they have met."""
    return [*_place_of(rule), *rule.brings] if rule.brings else columns(rule)


def _place_of(rule: Rule) -> list[str]:
    return ["origin"] if rule.table in KEYLESS else ["key", "split", "origin"]


def count(rule: Rule, rows: pl.DataFrame, part: Part, inputs: Mapping[str, Any]) -> None:
    """Let *rule* count in *rows*, or set aside what it needs to meet others."""
    if isinstance(rule, PairRule):  # pairs are found once all rows are there
        part.meeting[rule.table, str(rule.meets_on)] = rows
        return
    wanted = columns(rule)
    tables = tables_of(rule, inputs)
    if not {*wanted} <= {*rows.columns, *(COLUMNS[role] for role in tables)}:
        return  # nobody filled the column: the rule looks at nothing
    if tables:  # wide columns: a piece at a time, whatever the shard
        for piece in rows.iter_slices(PIECE):
            tally(rule, joined(piece, tables).select(wanted), part)
        return
    seen = rows.select(wanted)
    if rule.meets_on:
        place = rule.table, rule.meets_on
        seen, known = rule.brought(seen), part.meeting.get(place)
        more = [c for c in seen.columns if known is None or c not in known.columns]
        part.meeting[place] = (
            seen if known is None else known.hstack(seen.select(more)) if more else known
        )
    else:
        tally(rule, seen, part)


def tables_of(rule: Rule, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The tables by key that a rule needs, as far as they are given."""
    return {role: inputs[role] for role in rule.needs if role in COLUMNS and role in inputs}


def tally(rule: Rule, seen: pl.DataFrame, part: Part) -> None:
    """Let *rule* count in rows that need not meet others, or have met them."""
    code, partial = rule.code, rule.partial(seen)
    known = part.partials.get(code)
    part.partials[code] = partial if known is None else rule.merged([known, partial])
    if isinstance(rule, LaterRule):
        _append(part.kept, code, rule.needed(seen).select("key", "split", *rule.keeps))
    else:
        keep(part.failing, code, rule.grouped(seen))


def keep(failing: dict[str, pl.DataFrame], code: str, rows: pl.DataFrame) -> None:
    """Set the rows that show a defect aside, if there are any."""
    if rows.height:
        more = {"detail": pl.lit(""), "group": pl.lit(None)}
        lacks = {name: value for name, value in more.items() if name not in rows.columns}
        found = rows.with_columns(**lacks).select(
            pl.col(name).cast(kind) for name, kind in KEPT.items()
        )
        _append(failing, code, found)


def _append(tables: dict[str, pl.DataFrame], name: str, rows: pl.DataFrame) -> None:
    tables[name] = pl.concat([tables[name], rows]) if name in tables else rows


def _tables(
    batch: Batch,
    measures: Sequence[Instrument],
    inputs: Mapping[str, Any],
    wanted: Container[str] | None = None,
) -> dict[str, pl.DataFrame]:
    """The samples table of one batch, and the tables that measures give of it."""
    flat = {name: column for name, column in batch.columns.items() if _is_flat(name, column)}
    pictures = batch.columns.get("image")
    of_samples = [one for one in measures if are_over(one, "samples")]
    if isinstance(pictures, list):
        results = _one_by_one(batch, pictures, of_samples, inputs)
    else:
        results = evaluate(of_samples, {**inputs, **_whole_frame(batch), **batch.columns})
    own = {name: column for name, column in results.items() if not _is_table(column)}
    place: dict[str, Any] = {"key": batch.keys}
    if {*batch.columns} != {*flat}:
        place["digest"] = pl.Series(batch.digests(), dtype=pl.Binary)
    asked = {name: flat[name] for name in flat if wanted is None or name in wanted}
    tables = {"samples": pl.DataFrame({**place, **asked, **own})}
    for name in results.keys() - own.keys():
        rows = frame(cast("Table", results[name]))
        tables[name] = rows
    if batch.annotations is not None:
        known = {**inputs, **batch.columns, **own}
        tables["annotations"] = _annotations(batch.annotations, measures, known)
    for name in tables.keys() - {"samples"}:
        tables[name] = tables[name].with_columns(pl.col("row").cast(pl.Int64))
    return tables


def _whole_frame(batch: Batch) -> dict[str, pl.DataFrame]:
    """The annotations of a batch as measures of its samples are given them, if it has them."""
    return {} if batch.annotations is None else {"annotations": batch.annotations}


def _annotations(
    rows: pl.DataFrame, measures: Sequence[Instrument], known: Mapping[str, Any]
) -> pl.DataFrame:
    """The annotations of one batch, measured, without their payload."""
    columns = {column.name: column for column in rows}
    known = {**known, **{f"sample_{name}": known[name] for name in known.keys() & columns.keys()}}
    of_them = tuple(
        one for one in measures if are_over(one, "annotations") and one.column not in columns
    )
    steps = steps_of(of_them, frozenset({*known, *columns} - {one.column for one in of_them}))
    flat = [
        name for name, column in columns.items()
        if _is_flat(name, column) and not (column.dtype.is_nested() or column.dtype == pl.Binary)
    ]  # fmt: skip
    own = steps.carried_out({**known, **columns})
    return pl.DataFrame(
        [*(columns[name] for name in flat), *(pl.Series(*one) for one in own.items())]
    )


def _one_by_one(
    batch: Batch,
    pictures: Sequence[Array],
    measures: Sequence[Instrument],
    inputs: Mapping[str, Any],
) -> dict[str, Values | Table]:
    """Measure pictures that differ in size, each as a batch of one, and the rest at once."""
    beside = {name: column for name, column in batch.columns.items() if name != "image"}
    whole = evaluate(measures, {**inputs, **_whole_frame(batch), **beside})
    single = [one for one in measures if one.column not in whole]
    wanted = [name for name in beside if any(name in one.needs for one in single)]
    steps = steps_of(tuple(single), frozenset({*inputs, *wanted, "image"}))
    found: dict[str, list[Any]] = {}
    for row, picture in enumerate(pictures):
        here = {name: beside[name][row : row + 1] for name in wanted}
        given = {**inputs, **here, "image": picture[None]}
        for name, values in steps.carried_out(given).items():
            found.setdefault(name, []).append(values)
    return whole | {name: _together(some) for name, some in found.items()}


def _together(values: Sequence[Values | Table]) -> Values | Table:
    """What a measure gave for each picture of a batch, as for all of them."""
    if isinstance(values[0], pl.Series):
        return pl.concat(cast("Sequence[pl.Series]", values))
    if not _is_table(values[0]):
        return np.concatenate(cast("Sequence[Numbers]", values))
    tables = cast("Sequence[Table]", values)
    rows = np.concatenate([np.asarray(one["row"]) + number for number, one in enumerate(tables)])
    if isinstance(tables[0], pl.DataFrame):
        frames = cast("Sequence[pl.DataFrame]", tables)
        return pl.concat(frames).with_columns(row=pl.Series(rows, dtype=pl.Int64))
    columns = {name: np.concatenate([one[name] for one in tables]) for name in tables[0]}
    return {**columns, "row": rows}


def _is_table(values: Values | Table) -> bool:
    """Say whether a measure gave a table of its own, and no column of the samples."""
    return isinstance(values, pl.DataFrame | Mapping)


def _is_flat(name: str, column: Column) -> bool:
    """Say whether a column is no payload and has one value a sample: a table can hold it."""
    if name in PAYLOADS:
        return False
    return isinstance(column, pl.Series) or (isinstance(column, np.ndarray) and column.ndim == 1)


def _placed(tables: Mapping[str, pl.DataFrame], task: Task) -> dict[str, pl.DataFrame]:
    """The tables with what tells their rows apart: key, split and origin."""
    if "samples" not in tables:
        return {}
    place = pl.lit(task.origin).alias("origin"), pl.lit(task.shard.split).alias("split")
    samples = tables["samples"].with_columns(
        *(one for one in place if one.meta.output_name() not in tables["samples"].columns)
    )
    placed = {"samples": samples}
    at = samples.select(name for name in PLACE if name in samples.columns)
    for name, rows in tables.items():
        if name == "annotations":  # a label of theirs is none of their sample
            here = at.select("key", "split", "origin")[rows.get_column("row")]
            key = pl.concat_str("sample", pl.lit("@"), "annotation")
            whole = here.rename({"key": "sample"}).hstack(rows.drop("row"))
            placed[name] = whole.with_columns(key=key)
        elif name != "samples":
            placed[name] = at[rows.get_column("row")].hstack(rows.drop("row"))
    return placed


def _records(samples: pl.DataFrame) -> bytes:
    """Digest and label of each sample, one after the other."""
    if "digest" not in samples.columns or not samples.height:
        return b""
    framed = np.empty((samples.height, 40), np.uint8)
    digests = b"".join(samples.get_column("digest").to_list())
    framed[:, :32] = np.frombuffer(digests, np.uint8).reshape(-1, 32)
    labels = np.full(samples.height, -1, "<i8")  # where there is none
    if "label" in samples.columns:
        label = samples.get_column("label")
        whole = label.dtype.is_integer() or label.dtype == pl.Boolean
        labels[:] = (label if whole else _numbered(label)).cast(pl.Int64).fill_null(-1).to_numpy()
    framed[:, 32:] = labels.view(np.uint8).reshape(-1, 8)
    return framed.tobytes()


def _numbered(label: pl.Series) -> pl.Series:
    """A number for each label that is none, by its text."""
    names = label.unique().drop_nulls()
    numbers = [
        int.from_bytes(sha256(str(one).encode()).digest()[:8], "little", signed=True)
        for one in names
    ]
    return label.replace_strict(names, numbers, default=None, return_dtype=pl.Int64)


def _limits(standard: Standard, held: Mapping[Over, Sequence[pl.DataFrame]]) -> Part:
    """Ask pandera once for all columns of a table, and count for each of them."""
    part = Part()
    for table, some in held.items():
        door, rows = standard.doors[table], pl.concat(some) if some else pl.DataFrame()
        for column, mark in door.outside(rows).items():
            rule, code = door.limits[column], door.limits[column].called[0]
            part.partials[code] = rule.partial(mark.alias(column).to_frame())
            part.histograms[code] = Histogram.of(rows.get_column(column))
            if not mark.any():
                continue
            value = pl.col(column).cast(pl.Float64, strict=False)
            found = rows.filter(mark).select(*_WHERE, observed=value, detail=_said(rule, rows))
            keep(part.failing, code, found)
    return part


def _said(rule: RowLimit, rows: pl.DataFrame) -> pl.Expr:
    """What was found of what a measure says in words; empty for numbers, and for what data say."""
    if rule.measured is None or rows.schema[rule.column] != pl.String:
        return pl.lit("")
    return (pl.lit(rule.compared("")) + pl.col(rule.column)).fill_null("")


def tasks(source: Source, shards: Iterable[Shard], inputs: Mapping[str, Source]) -> list[Task]:
    """Every shard of the data and of what it is compared with, in data order."""
    judged = [Task(source, shard) for shard in shards]
    return judged + [
        Task(one, shard, role) for role, one in inputs.items() for shard in one.plan().shards
    ]
