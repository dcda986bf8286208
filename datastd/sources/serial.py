"""
Files in which records stand one after the other: lines, paragraphs, CSV, WARC.

Only reading tells where one ends.  So each file is read through once before anything is
judged: its records are numbered, and it is cut into shards where that can be done.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import DataChanged
from datastd.sources import Defect, Findings, Plan, Shard
from datastd.sources.encoding import look
from datastd.sources.files import is_data, odd_entries, split_named, strays
from datastd.sources.streams import CODECS, codec_of, compressed, content, runs
from datastd.sources.tabular import Rows, Tabular
from datastd.waiting import cores, each

RUN = 4 << 20  # bytes that are looked at together: what a core's cache holds, and some records
SHARD = 64 << 20  # bytes of a shard, where a file can be cut,
ROWS = 1 << 18  # and records: of each, whatever its length, some hundred bytes are held
MANY = 1 << 16  # records that are asked about at once: what is wrong with each takes memory
LONGEST = 16 << 20  # bytes of a record: what is measured of it takes some times as much


class RecordTooLong(Defect):
    """
    A record of more than 16 MiB: a line, a paragraph, a row, a file that is one document.

    It is left out, and those around it are read.

    Why it matters:
        It is no record, but many that nothing parts: a line feed is missing, or the file is
        not what its name says.  What reads it whole runs out of memory.

    Remedy:
        Look at what should part the records; cut the document where it can be cut.

    Source:
        datastd's own definition.
    """

    code, name, unit = "F097", "record-too-long", "samples"


class Place(NamedTuple):
    """Where something is in what a file holds: bytes, lines and records before it."""

    byte: int
    line: int
    record: int


class Part(ABC):
    """
    Some of a file: records that are looked at together, and whatever stands between them.

    Attributes:
        size: Bytes of the file that it takes.
        lines: Lines, likewise.
        records: Records in it, whether they can be read or not.
        lost: Records of which no more than some bytes are there.
        others: Records of other kinds, of which no sample is made.
    """

    size: int
    lines: int
    records: int
    lost: int = 0
    others: int = 0

    @abstractmethod
    def rows(
        self, path: str, start: Place, wanted: Sequence[str] | None
    ) -> Iterator[Rows | Defect]:
        """Yield each of its records once, in order; *start* is where it begins in *path*."""

    @abstractmethod
    def written(self, numbers: NDArray[np.int64]) -> Iterator[bytes]:
        """
        Yield as bytes what stays of it, if of its records those *numbers* do.

        What stands between records stays as it is.
        """


@dataclass
class Passed(Part):
    """What is passed by, and not held: nothing of it is read or written."""

    size: int
    lines: int = 0
    records: int = 0
    lost: int = 0
    others: int = 0

    def rows(self, path: str, start: Place, wanted: Sequence[str] | None) -> Iterator[Defect]:
        del path, start, wanted
        yield from ()

    def written(self, numbers: NDArray[np.int64]) -> Iterator[bytes]:
        del numbers
        yield from ()


@dataclass
class TooLong(Passed):
    """A record that is passed by for its length: more than *most* bytes."""

    records: int = 1
    most: int = LONGEST
    kind: type[Defect] = RecordTooLong
    in_lines: bool = True

    def rows(self, path: str, start: Place, wanted: Sequence[str] | None) -> Iterator[Defect]:
        del wanted
        at = f"line {start.line + 1}" if self.in_lines else f"byte {start.byte}"
        expected, key = f"a record of at most {self.most} bytes", f"{path}#{start.record}"
        yield self.kind(path, at, expected, f"{self.size}", key)


@dataclass
class Lost(Passed):
    """What is left of a record that was cut, where the file cannot be read any further."""

    lost: int = 1


class Serial(Tabular):
    """
    A source of such files; a subclass says which are its own, and cuts them into parts.

    Class attributes:
        suffixes: Those of its files, before that of a codec.
        such_as: A name that such a file may have, in words.
        too_long: What a line is that is too long.
        is_text: Whether files are text from their first byte on, and may begin with a mark.
        by_runs: Whether a run of a plain file, once records are numbered, is read by itself.
    """

    suffixes: ClassVar[tuple[str, ...]]
    such_as: ClassVar[str]
    too_long: ClassVar[type[Defect]] = RecordTooLong
    is_text: ClassVar[bool] = True
    by_runs: ClassVar[bool] = False

    def __init__(
        self,
        tree: Tree,
        column: str = "",
        *,
        shard: int = SHARD,
        run: int = RUN,
        longest: int = LONGEST,
    ) -> None:
        super().__init__(tree, column)
        self._shard, self._run, self._longest = shard, run, longest
        self._places: dict[str, dict[int, Place]] = {}  # by path, and first record of a shard
        self._gaps: dict[str, list[tuple[Place, Part]]] = {}  # by path: what is not read again
        self._runs: dict[str, list[int]] = {}  # by path: bytes where runs begin
        self._shards: dict[str, list[Shard]] = {}  # by path
        self._plan: Plan | None = None

    @classmethod
    def is_ours(cls, path: str) -> bool:
        """Say whether a file is of this format, by its name."""
        return stem(path).endswith(cls.suffixes) and is_data(path)

    @classmethod
    def alone(cls, tree: Tree) -> bool:
        """Say whether all data of a folder are files of this format."""
        data = [path for path in tree.stamps if is_data(path)]
        return bool(data) and all(map(cls.is_ours, data))

    @abstractmethod
    def parts(
        self, path: str, start: Place, pieces: Iterator[bytes], trouble: Findings
    ) -> Iterator[Part]:
        """
        Cut what *pieces* hold from *start* on into parts, of some MiB each.

        Where they end for *trouble*, the record in which they end is `Lost`.

        Raises:
            Defect: Nothing of the file can be read.
        """

    def whole_lines(
        self, pieces: Iterator[bytes], trouble: Findings, run: int | None = None
    ) -> Iterator[bytes | TooLong | Lost]:
        """
        Cut a stream behind line feeds, into some MiB, or runs of so many bytes.

        A line that is too long stands for itself; so does what is left of the one in which
        the stream ended for *trouble*.
        """
        for piece, skipped in runs(pieces, run or self._run, self._longest):
            if skipped:
                yield TooLong(skipped + 1, 1, most=self._longest, kind=self.too_long)
                continue
            end = piece.rfind(b"\n") + 1 if trouble.defects else len(piece)
            yield piece[:end]
            if end < len(piece):
                yield Lost(len(piece) - end)

    def few_lines(
        self, pieces: Iterator[bytes], trouble: Findings
    ) -> Iterator[bytes | TooLong | Lost]:
        """Cut likewise, where each line is a record: into as many as are asked about at once."""
        for found in self.whole_lines(pieces, trouble):
            if isinstance(found, bytes):
                yield from at_most_lines(MANY, found)
            else:
                yield found

    def told(self, path: str, others: int) -> Defect:
        """Say of a file that it holds so many records of which no sample is made."""
        raise NotImplementedError

    def plan(self) -> Plan:
        if self._plan is None:
            findings, shards, lost = Findings(), list[Shard](), 0
            findings.defects += odd_entries(self.tree)
            data = [path for path in self.tree.stamps if self.is_ours(path)]
            findings.defects += strays(self.tree, data, self.such_as)
            for cut, found, some in each(self._cut, data, jobs=cores(), stop=self.tree.stop):
                shards += cut
                findings.defects += found
                lost += some
            findings.defects += self.beside()
            tried = len(self.tree.stamps) + len(self.tree.oddities)
            self._plan = Plan(tuple(shards), tuple(findings.defects), tried, lost)
        return self._plan

    def beside(self) -> Iterator[Defect]:
        """Name files that do not go together, once each was gone through: none."""
        yield from ()

    def _cut(self, path: str) -> tuple[list[Shard], list[Defect], int]:
        """Number the records of a file: its shards, what is wrong with it, and samples lost."""
        findings, trouble, lost, others = Findings(), Findings(), 0, 0
        here, is_plain = Place(0, 0, 0), codec_of(path) is None
        edges, places, gaps = [0], {}, self._gaps.setdefault(path, [])
        begun = self._runs.setdefault(path, [0])
        with findings:
            here = Place(look(self.tree, path, findings) if self.is_text else 0, 0, 0)
            places[0] = here
            for part in self._parts(path, here, None, trouble):
                size, rows = here.byte - places[edges[-1]].byte, here.record - edges[-1]
                is_due = size >= self._shard or rows >= ROWS
                if is_due and is_plain and part.records and here.record > edges[-1]:
                    edges.append(here.record)
                    places[here.record] = here
                if is_plain and here.byte - begun[-1] >= self._run:
                    begun.append(here.byte)
                if is_plain and isinstance(part, Passed) and part.size > self._longest:
                    gaps.append((here, part))
                here = _behind(here, part)
                lost, others = lost + part.lost, others + part.others
        if others:
            findings.defects.append(self.told(path, others))
        self._places[path] = places
        ends, split = [*edges[1:], here.record], split_named(path)
        self._shards[path] = shards = [
            Shard(path, split, start, stop)
            for start, stop in zip(edges, ends, strict=True) if start < stop
        ]  # fmt: skip
        return shards, findings.defects + trouble.defects, lost

    def _parts(
        self, path: str, start: Place, stop: int | None, trouble: Findings
    ) -> Iterator[Part]:
        """Read a file from *start* on, and cut it into parts."""
        yield from self.parts(path, start, self.pieces(path, start, stop, trouble), trouble)

    def pieces(
        self, path: str, start: Place, stop: int | None, trouble: Findings
    ) -> Iterator[bytes]:
        """Read a file from *start* on, up to a byte of it where it is plain."""
        if codec_of(path) is None:
            most = 2 * self._run if self.by_runs and stop is not None else 0
            pieces = content(self.tree, path, start.byte, stop, most)
        else:
            pieces = _without(start.byte, content(self.tree, path))
        yield from _until(pieces, trouble)

    def _read(self, shard: Shard) -> Iterator[tuple[Part, Place]]:
        """Yield the parts of a shard, and where each begins."""
        self.plan()
        path, places, trouble = shard.path, self._places[shard.path], Findings()
        here = places[shard.start]
        stop = places[shard.stop].byte if shard.stop in places else self.tree.stamps[path].size
        gaps = [one for one in self._gaps[path] if here.byte <= one[0].byte < stop]
        # Numbering went through what is too long: to read it again would tell nothing new.
        for edge, gap in [*((place.byte, gap) for place, gap in gaps), (stop, None)]:
            if here.byte < edge or not gaps:  # a file of a mark alone is an empty document
                for cut in [*self._begun(path, here.byte, edge), edge]:
                    for part in self._parts(path, here, cut, trouble):
                        yield part, here
                        here = _behind(here, part)
            if gap:
                yield gap, here
                here = _behind(here, gap)
        for defect in trouble.defects:
            if str(defect) not in {str(one) for one in self.plan().defects if one.path == path}:
                expected = "the bytes that were numbered"
                raise DataChanged(path, expected, str(defect), "run it again")

    def _begun(self, path: str, start: int, stop: int) -> list[int]:
        """Where runs begin between two bytes of a file, as far as each is read by itself."""
        known = self._runs[path] if self.by_runs else []
        return known[bisect_right(known, start) : bisect_left(known, stop)]

    def rows(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        for part, start in self._read(shard):
            yield from at_most(MANY, part.rows(shard.path, start, wanted))

    def shards_with(self, path: str, wanted: NDArray[np.int64]) -> Iterator[Shard]:
        self.plan()
        for shard in self._shards.get(path, ()):
            if ((wanted >= shard.start) & (wanted < shard.stop)).any():
                yield shard

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        flawed = {one.path for one in self.plan().defects}
        for path, rows in kept.items():
            if path not in flawed and self._is_whole(path, rows):
                to.take(self.tree, path)
            elif len(rows):
                to.put(path, self.packed(path, self._written(path, rows)))

    def packed(self, path: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the bytes of a file that holds *pieces*, as its name says."""
        return compressed(path, pieces)

    def _is_whole(self, path: str, rows: NDArray[np.int64]) -> bool:
        """Say whether these records, as they would be written, are all that a file holds."""
        held = sum(map(len, content(self.tree, path)))
        return held == sum(map(len, self._written(path, rows)))

    def _written(self, path: str, rows: NDArray[np.int64]) -> Iterator[bytes]:
        """Yield what a file holds with these records alone."""
        for shard in self._shards[path]:
            for part, start in self._read(shard):
                here = rows[(rows >= start.record) & (rows < start.record + part.records)]
                yield from part.written(here - start.record)


def at_most_lines(many: int, piece: bytes) -> Iterator[bytes]:
    """Cut a piece behind line feeds: at most so many lines stay together."""
    start = lines = 0
    if piece.count(b"\n") > many:
        for at in range(0, len(piece), many):  # so many bytes have no more lines
            here = piece.count(b"\n", at, at + many)
            if lines + here > many:
                cut = piece.rfind(b"\n", start, at) + 1
                yield piece[start:cut]
                start, lines = cut, 0
            lines += here
    yield piece[start:]


def at_most(many: int, rows: Iterable[Rows | Defect]) -> Iterator[Rows | Defect]:
    """Yield the same records, at most so many together."""
    for found in rows:
        if isinstance(found, Defect) or len(found.numbers) <= many:
            yield found
            continue
        count = len(found.numbers)
        yield from (found.between(start, start + many) for start in range(0, count, many))


def stem(path: str) -> str:
    """The path of a file, in lower case, without the suffix of a codec."""
    lower = path.lower()
    return lower.removesuffix(next((one for one in CODECS if lower.endswith(one)), ""))


def kept(piece: bytes, starts: NDArray[np.int64], numbers: NDArray[np.int64]) -> Iterator[bytes]:
    """Yield what stands before the first record of a piece, and those numbered so, as they are."""
    edges = [*starts.tolist(), len(piece)]
    yield piece[: edges[0]]
    for number in numbers.tolist():
        yield piece[edges[number] : edges[number + 1]]


def _behind(start: Place, part: Part) -> Place:
    return Place(start.byte + part.size, start.line + part.lines, start.record + part.records)


def _without(size: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out the first *size* bytes."""
    for piece in pieces:
        yield piece[size:]
        size = max(0, size - len(piece))


def _until(pieces: Iterator[bytes], trouble: Findings) -> Iterator[bytes]:
    """Yield pieces to the end, or until *trouble*, which takes what it is."""
    with trouble:
        yield from pieces
