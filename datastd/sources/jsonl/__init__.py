"""Text corpora as JSON lines: one object a line, one document an object."""

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import DataChanged, UsageError
from datastd.records import Column, columns
from datastd.sources import Defect, Findings, Plan, Shard
from datastd.sources.files import (
    COMMON,
    EmptyFile,
    head_of,
    is_data,
    odd_entries,
    split_named,
    strays,
    unreadable,
)
from datastd.sources.jsonl.defects import (
    WRONG,
    JsonDuplicateKey,
    JsonlBom,
    JsonlInvalidLine,
    JsonlNotObject,
    JsonLoneSurrogate,
    JsonNonfiniteNumber,
    Utf8Invalid,
    Utf16Suspected,
)
from datastd.sources.jsonl.grammar import BLANK, NO_TEXT, TEXT
from datastd.sources.jsonl.scan import Lines, counted, scan, texts, values
from datastd.sources.streams import CODECS, codec_of, compressed, content, runs
from datastd.sources.tabular import Rows, Tabular
from datastd.waiting import cores, each

RUN = 4 << 20  # bytes that are looked at together: what a core's cache holds, and some lines
SHARD = 64 << 20  # bytes of a shard, where a file can be cut
LONGEST = 16 << 20  # bytes of a line: what is measured of it takes some times as much
_HEAD = 64 << 10  # bytes in which UTF-16 shows
_OFTEN = 0.3  # share of zeros among every other of them
_BOM, _WIDE = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_LINE_FEED = b"\n"


class _Place(NamedTuple):
    """Where a shard begins in its file."""

    byte: int
    line: int


class _Run(NamedTuple):
    """Records of a file that are looked at together."""

    piece: bytes
    first: int  # the number of its first record
    numbers: NDArray[np.int64]  # of the lines that they stand in
    lines: Lines


class Jsonl(Tabular):
    """
    Documents in JSON lines, plain or compressed: ``.jsonl``, ``.ndjson``, ``.json.gz``, ….

    Reads gzip, bzip2, xz and zstd by the suffix of the file.  A record is an object with a
    string under ``text``, or under the key that the format names, ``jsonl:content``; other
    keys may hold what they like, and are read as strictly.  Blank lines are no records.
    All is read through once before it is judged, to number the records.  A split is what
    the file's name says, or a folder's: train, val or test; else ``data``.

    Source:
        RFC 8259; jsonlines.org.
    """

    format: ClassVar[str] = "jsonl"
    columns: ClassVar[tuple[str, ...]] = ("text", "separators")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, *Tabular.KINDS, JsonlInvalidLine, JsonlNotObject, JsonDuplicateKey,
        JsonNonfiniteNumber, JsonLoneSurrogate, JsonlBom, Utf8Invalid, Utf16Suspected,
    )  # fmt: skip

    def __init__(self, tree: Tree, key: str = "", *, shard: int = SHARD, run: int = RUN) -> None:
        super().__init__(tree)
        self._key = key
        self._shard, self._run = shard, run
        self._places: dict[str, dict[int, _Place]] = {}  # by path, and first record of a shard
        self._plan: Plan | None = None

    @classmethod
    def of(cls, tree: Tree, options: Sequence[str] = ()) -> Self:
        if len(options) > 1 or "" in options:
            found = f"{cls.format}:{','.join(options)}"
            raise UsageError("--format", "one key, such as jsonl:content", found)
        return cls(tree, *options)

    @property
    def called(self) -> str:
        return f"{self.format}:{self._key}" if self._key else self.format

    @property
    def key(self) -> str:
        """The key of the text: the one that the format names, or the record's."""
        names = (one.called for one in columns(self.record) if one.name == "text")
        return self._key or next(names, "text")

    def named(self, column: Column) -> str:
        return self.key if column.name == "text" else column.called

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(_is_ours(path) for path in tree.stamps)

    def plan(self) -> Plan:
        if self._plan is None:
            findings, shards, lost = Findings(), list[Shard](), 0
            findings.defects += odd_entries(self.tree)
            data = [path for path in self.tree.stamps if _is_ours(path)]
            findings.defects += strays(self.tree, data, "a name such as x.jsonl, or a paper")
            for cut, named, some in each(self._cut, data, jobs=cores(), stop=self.tree.stop):
                shards += cut
                findings.defects += named
                lost += some
            tried = len(self.tree.stamps) + len(self.tree.oddities)
            self._plan = Plan(tuple(shards), tuple(findings.defects), tried, lost)
        return self._plan

    def _cut(self, path: str) -> tuple[list[Shard], list[Defect], int]:
        """Number the records of a file: its shards, what is wrong with it, and samples lost."""
        findings, trouble = Findings(), Findings()
        edges, at, line, record, lost = [0], 0, 0, 0, 0
        places = {0: _Place(0, 0)}
        with findings:
            at = _look(self.tree, path, findings)
            for piece, skipped, left in self._whole(path, 0, None, trouble):
                lines, records = counted(piece)
                line, record = line + lines, record + records
                at += len(piece)
                lost += bool(left)
                if skipped:
                    line, record, at = line + 1, record + 1, at + skipped + 1
                if codec_of(path) is None and at - places[edges[-1]].byte >= self._shard:
                    if record > edges[-1]:
                        edges.append(record)
                    places[record] = _Place(at, line)
        self._places[path] = places
        ends = [*edges[1:], record]
        split = split_named(path)
        shards = [
            Shard(path, split, start, stop)
            for start, stop in zip(edges, ends, strict=True) if start < stop
        ]  # fmt: skip
        return shards, findings.defects + trouble.defects, lost

    def _whole(
        self, path: str, start: int, stop: int | None, trouble: Findings
    ) -> Iterator[tuple[bytes, int, int]]:
        """
        Yield whole lines, or the length of one that is too long and left out.

        What was cut in the middle of a line is told of as such, and is no bad JSON: the
        third number is the length of what is left of it.
        """
        pieces = content(self.tree, path, start, stop)
        if not start:
            pieces = _without_mark(pieces)
        for piece, skipped in runs(_until(pieces, trouble), self._run, LONGEST):
            whole = piece[: piece.rfind(_LINE_FEED) + 1] if trouble.defects else piece
            yield whole, skipped, len(piece) - len(whole)

    def rows(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        names = [self.named(one) for one in columns(self.record)] if wanted is None else wanted
        others = [name for name in names if name != self.key]
        for found in self._runs(shard, others):
            if isinstance(found, Defect):
                yield found
                continue
            yield from _named(shard.path, found)
            there = np.flatnonzero(_is_record(found.lines))
            if len(there):
                rows = _rows(found, there, self.key, others)
                yield rows if wanted is not None else self._whole_records(found, there, rows)

    def _whole_records(self, run: _Run, there: NDArray[np.int64], rows: Rows) -> Rows:
        """Rows with all that their records hold: Python's parser reads what was judged."""
        known = {self.named(one) for one in columns(self.record)}
        label = {self.named(one) for one in columns(self.record) if one.name == "label"}
        records, strange = [], {}
        for row, line in enumerate(_lines(run, there)):
            record = json.loads(line)
            if more := next((name for name in record if name not in known), None):
                strange[row] = more
            alike = {name: value for name, value in record.items() if name not in label}
            text = json.dumps(alike, sort_keys=True, ensure_ascii=False)
            records.append(unicodedata.normalize("NFC", text))
        beside = {**rows.beside, "record": pl.Series(records, dtype=pl.String)}
        return replace(rows, beside=beside, strange=strange)

    def _runs(self, shard: Shard, others: Sequence[str] = ()) -> Iterator[_Run | Defect]:
        """Yield the records of a shard in runs, and what is no line that can be looked at."""
        self.plan()
        path, places = shard.path, self._places[shard.path]
        (byte, line), record = places[shard.start], shard.start
        stop = places[shard.stop].byte if shard.stop in places else None
        trouble = Findings()
        for piece, skipped, _ in self._whole(path, byte, stop, trouble):
            if skipped:
                expected, key = f"a line of at most {LONGEST} bytes", f"{path}#{record}"
                yield JsonlInvalidLine(path, f"line {line + 1}", expected, f"{skipped}", key)
                line, record = line + 1, record + 1
                continue
            every = scan(piece, self.key, others)
            there = np.flatnonzero(every.found != BLANK)
            yield _Run(piece, record, line + there, every.rows(there))
            line, record = line + len(every.start), record + len(there)
        named = {one.path for one in self.plan().defects}
        for defect in trouble.defects:
            if path not in named:
                expected = "the bytes that were numbered"
                raise DataChanged(path, expected, str(defect), "run it again")

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        for path, rows in kept.items():
            if self._is_whole(path, rows):
                to.take(self.tree, path)
            elif len(rows):
                to.put(path, compressed(path, self._lines_of(path, rows)))

    def _is_whole(self, path: str, rows: NDArray[np.int64]) -> bool:
        """Say whether these lines, as `_lines_of` writes them, are all that a file holds."""
        if any(one.path == path for one in self.plan().defects):
            return False
        held = sum(len(piece) for piece in content(self.tree, path))
        return held == sum(len(line) for line in self._lines_of(path, rows))

    def _lines_of(self, path: str, rows: NDArray[np.int64]) -> Iterator[bytes]:
        """Yield these lines of a file as they are, each with a line feed."""
        runs = (run for shard in self.shards_with(path, rows) for run in self._runs(shard))
        for run in runs:
            if isinstance(run, Defect):
                continue
            for line in _lines(run, _inside(run, rows)):
                yield line.rstrip(b"\r") + _LINE_FEED


def _is_ours(path: str) -> bool:
    """Say whether a file holds JSON lines, by its name."""
    lower = path.lower()
    suffix = next((one for one in CODECS if lower.endswith(one)), "")
    known = (".jsonl", ".ndjson", ".json") if suffix else (".jsonl", ".ndjson")
    return lower.removesuffix(suffix).endswith(known) and is_data(path)


def _look(tree: Tree, path: str, findings: Findings) -> int:
    """Look at the first bytes of a file: refuse UTF-16, name a mark, and give its length."""
    if not tree.stamps[path].size:
        raise EmptyFile(path, "", "at least one byte", "0 bytes")
    if codec_of(path) is None:
        try:
            head = head_of(tree, path, _HEAD)
        except OSError as error:
            raise unreadable(path, error) from None
    else:
        head = next((piece for piece in content(tree, path) if piece), b"")[:_HEAD]
    zeros = np.frombuffer(head[: len(head) // 2 * 2], np.uint8).reshape(-1, 2) == 0
    if head.startswith(_WIDE) or (len(zeros) and zeros.mean(axis=0).max() > _OFTEN):
        raise Utf16Suspected(path, "byte 0", "UTF-8", "what looks like UTF-16")
    if not head.startswith(_BOM):
        return 0
    findings.defects.append(JsonlBom(path, "byte 0", "the first record", "a byte order mark"))
    return len(_BOM)


def _without_mark(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Leave a byte order mark out."""
    first = next((piece for piece in pieces if piece), b"")
    yield first.removeprefix(_BOM)
    yield from pieces


def _until(pieces: Iterator[bytes], trouble: Findings) -> Iterator[bytes]:
    """Yield pieces to the end, or until *trouble*, which takes what it is."""
    with trouble:
        yield from pieces


def _is_record(lines: Lines) -> NDArray[np.bool_]:
    """Which lines are objects, with a text or without."""
    return np.isin(lines.found, (TEXT, NO_TEXT))


def _inside(run: _Run, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """The records of a run that are objects, and are wanted."""
    rows = wanted[(wanted >= run.first) & (wanted < run.first + len(run.numbers))] - run.first
    return np.asarray(rows[_is_record(run.lines)[rows]])


def _lines(run: _Run, rows: NDArray[np.int64]) -> Iterator[bytes]:
    """Yield lines of a run without their line feed."""
    for start in run.lines.start[rows].tolist():
        end = run.piece.find(_LINE_FEED, start)
        yield run.piece[start : end if end >= 0 else None]


def _rows(run: _Run, there: NDArray[np.int64], key: str, others: Sequence[str]) -> Rows:
    """Records of a run, with what stands under the keys that are asked for."""
    lines, numbers = run.lines.rows(there), run.numbers[there]
    found = {key: texts(run.piece, lines)}
    found |= {name: values(run.piece, lines, n) for n, name in enumerate(others)}
    return Rows(
        run.first + there,
        pl.DataFrame(found),
        lambda row: f"line {numbers[row] + 1}",
        dict.fromkeys(others, "json"),
        {"separators": lines.separators},
    )


def _named(path: str, run: _Run) -> Iterator[Defect]:
    """Name each line that is no record."""
    lines = run.lines
    for row in np.flatnonzero(~_is_record(lines)):
        at = int(lines.at[row] - lines.start[row])
        place, key = f"line {run.numbers[row] + 1}, byte {at}", f"{path}#{run.first + row}"
        kind, expected, found = WRONG[int(lines.found[row])]
        yield kind(path, place, expected, found, key)
