"""Plain text: a document in each file, in each block of lines, or in each line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import UsageError
from datastd.sources import Defect, Findings, Plan, Shard
from datastd.sources.encoding import (
    JsonlBom,
    Utf8Invalid,
    Utf16Suspected,
    not_utf8,
    separators,
    strings,
)
from datastd.sources.files import COMMON
from datastd.sources.lines import Texts, blank_lines, documents
from datastd.sources.serial import (
    Lost,
    Part,
    Place,
    RecordTooLong,
    Serial,
    TooLong,
    kept,
)
from datastd.sources.tabular import Rows

_FORMS = ("", "blocks", "lines")
BUNDLE = 1024  # files in a shard, where each is a document


@dataclass
class Documents(Part):
    """
    Documents of a piece of a file.

    Attributes:
        piece: Whole lines.
        texts: Where in it the documents are.
        longest: Bytes that one may have.
        is_lines: Whether each is a line.
    """

    piece: bytes
    texts: Texts
    longest: int
    is_lines: bool

    def __post_init__(self) -> None:
        self.size, self.records = len(self.piece), len(self.texts.start)
        self.lines = self.piece.count(b"\n")

    def rows(
        self, path: str, start: Place, wanted: Sequence[str] | None
    ) -> Iterator[Rows | Defect]:
        bytes_, texts = np.frombuffer(self.piece, np.uint8), self.texts
        wrong = not_utf8(bytes_, texts.start, texts.stop)
        length, lines = texts.stop - texts.start, texts.line + start.line + 1
        for row in np.flatnonzero((wrong >= 0) | (length > self.longest)).tolist():
            file, key = self.named(path, start.record, row)
            if length[row] > self.longest:
                expected = f"a record of at most {self.longest} bytes"
                yield RecordTooLong(file, f"line {lines[row]}", expected, f"{length[row]}", key)
                continue
            before = self.piece[texts.start[row] : wrong[row]]
            line, at = lines[row] + before.count(b"\n"), len(before) - before.rfind(b"\n") - 1
            yield Utf8Invalid(file, f"line {line}, byte {at}", "UTF-8", "other bytes", key)
        sound = np.flatnonzero((wrong < 0) & (length <= self.longest))
        if not len(sound):
            return
        starts, stops = texts.start[sound], texts.stop[sound]
        cut = separators(bytes_, starts, stops) if self.is_lines else np.zeros(len(sound), np.int64)
        asked = wanted is None or "text" in wanted
        frame = pl.DataFrame({"text": strings(bytes_, starts, stops)} if asked else {})
        yield Rows(
            sound + start.record, frame,
            lambda row: f"line {lines[sound[row]]}", beside={"separators": cut},
        )  # fmt: skip

    def named(self, path: str, first: int, row: int) -> tuple[str, str]:
        """The file in which a document is, and its key."""
        return path, f"{path}#{first + row}"

    def written(self, numbers: NDArray[np.int64]) -> Iterator[bytes]:
        yield from kept(self.piece, self.texts.start, numbers)


@dataclass
class Bundle(Documents):
    """Files, each of them a document, one after the other: these *files*."""

    files: Sequence[str] = ()

    def named(self, path: str, first: int, row: int) -> tuple[str, str]:
        del path, first
        return self.files[row], f"{self.files[row]}#0"


class Text(Serial):
    """
    Plain text, ``.txt`` or ``.md``, compressed or not: each file is a document.

    Its text is the file, byte for byte.  With ``--format text:lines`` each line is one that
    is not blank: without its line feed, and the carriage return before it.  With
    ``--format text:blocks`` each run of such lines is one, and blank lines part them, as in
    WikiText; line feeds and carriage returns within it stay.  A line is blank that holds
    spaces, tabs and carriage returns alone.  Lines end with a line feed and nothing else.

    Reads gzip, bzip2, xz and zstd by the suffix of the file.  A document has at most 16 MiB.
    A split is what the file's name says, or a folder's: train, val or test; else ``data``.
    A folder is taken for one of text unasked if nothing else is in it.

    Source:
        The Unicode Standard, section 3.9; WikiText for blocks.
    """

    format: ClassVar[str] = "text"
    columns: ClassVar[tuple[str, ...]] = ("text", "separators")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, *Serial.KINDS, JsonlBom, Utf8Invalid, Utf16Suspected, RecordTooLong,
    )  # fmt: skip
    suffixes: ClassVar[tuple[str, ...]] = (".txt", ".md")
    such_as: ClassVar[str] = "a name such as x.txt, or a paper"

    def __init__(self, tree: Tree, form: str = "", **sizes: int) -> None:
        super().__init__(tree, "", **sizes)
        self.form = form
        self._files: dict[str, list[Shard]] = {}  # of files that are documents, by split
        self._numbers: dict[str, tuple[str, int]] = {}  # of such files

    @classmethod
    def of(cls, tree: Tree, options: Sequence[str] = ()) -> Self:
        if len(options) > 1 or not {*options} <= {*_FORMS[1:]}:
            found = f"{cls.format}:{','.join(options)}"
            raise UsageError("--format", "text, text:blocks or text:lines", found)
        return cls(tree, *options)

    @property
    def called(self) -> str:
        return f"{self.format}:{self.form}" if self.form else self.format

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return cls.alone(tree)

    def plan(self) -> Plan:
        if self._plan is None:
            plan = super().plan()
            self._plan = plan if self.form else replace(plan, shards=(*self._bundled(plan.shards),))
        return self._plan

    def _bundled(self, files: Iterable[Shard]) -> Iterator[Shard]:
        """Shards of many files that are documents: a payload is those of a split."""
        for one in files:
            of = self._files.setdefault(one.split, [])
            self._numbers[one.path] = one.split, len(of)
            of.append(one)
        for split, of in self._files.items():
            self._shards[split] = [
                Shard(split, split, start, min(start + BUNDLE, len(of)))
                for start in range(0, len(of), BUNDLE)
            ]
            yield from self._shards[split]

    def rows(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        if self.form:
            yield from super().rows(shard, wanted)
            return
        self.plan()
        held, size, first = list[tuple[str, bytes]](), 0, shard.start
        for number in range(shard.start, shard.stop):
            file = self._files[shard.path][number]
            for part, start in self._read(file):
                if isinstance(part, Documents):
                    held.append((file.path, part.piece))
                    size += part.size
                else:
                    yield from part.rows(file.path, start, wanted)
            if size >= self._run or len(held) <= number - first:  # the last one is not held
                yield from self._together(held).rows(shard.path, Place(0, 0, first), wanted)
                held, size, first = [], 0, number + 1
        yield from self._together(held).rows(shard.path, Place(0, 0, first), wanted)

    def _together(self, held: Sequence[tuple[str, bytes]]) -> Bundle:
        edges = np.cumsum([0, *(len(piece) for _, piece in held)])
        texts = Texts(edges[:-1], edges[1:], np.zeros(len(held), np.int64))
        files = [path for path, _ in held]
        whole = b"".join(piece for _, piece in held)
        return Bundle(whole, texts, self._longest, is_lines=False, files=files)

    def keyed(self, path: str, rows: NDArray[np.int64]) -> pl.Series:
        if self.form:
            return super().keyed(path, rows)
        of = self._files.get(path, ())
        return pl.Series([f"{of[n].path if n < len(of) else path}#0" for n in rows.tolist()])

    def place(self, key: str) -> tuple[str, int]:
        if self.form:
            return super().place(key)
        self.plan()
        return self._numbers[key.rpartition("#")[0]]

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        if not self.form:
            self.plan()
            named = (self._files[split][n].path for split, rows in kept.items() for n in rows)
            kept = dict.fromkeys(named, np.zeros(1, np.int64))
        super().write(kept, to)

    def parts(
        self, path: str, start: Place, pieces: Iterator[bytes], trouble: Findings
    ) -> Iterator[Part]:
        del path, start
        if self.form == "lines":
            for found in self.few_lines(pieces, trouble):
                yield found if isinstance(found, Part) else self._documents(found)
        elif self.form == "blocks":
            yield from self._blocks(pieces, trouble)
        else:
            yield self._file(pieces, trouble)

    def _documents(self, piece: bytes) -> Documents:
        is_lines = self.form == "lines"
        return Documents(piece, documents(piece, joined=not is_lines), self._longest, is_lines)

    def _file(self, pieces: Iterator[bytes], trouble: Findings) -> Part:
        """A file that is one document."""
        held, size = list[bytes](), 0
        for piece in pieces:
            size += len(piece)
            if size <= self._longest:
                held.append(piece)
        if trouble.defects:
            return Lost(size)
        if size > self._longest:
            return TooLong(size, most=self._longest)
        whole, zero = b"".join(held), np.zeros(1, np.int64)
        texts = Texts(zero, np.array([size]), zero)
        return Documents(whole, texts, self._longest, is_lines=False)

    def _blocks(self, pieces: Iterator[bytes], trouble: Findings) -> Iterator[Part]:
        """Cut behind blank lines; what none cuts for too long is left out up to the next."""
        held, over = b"", TooLong(0, most=self._longest)
        for found in self.whole_lines(pieces, trouble):
            if isinstance(found, Lost):
                yield Lost(over.size + len(held) + found.size)
                return
            if isinstance(found, TooLong):
                over.size += len(held) + found.size
                over.lines += held.count(b"\n") + found.lines
                held = b""
                continue
            piece = held + found
            first, last = blank_lines(piece)
            if over.size and first:
                over.size, over.lines = over.size + first, over.lines + piece.count(b"\n", 0, first)
                yield over
                piece, last, over = piece[first:], last - first, TooLong(0, most=self._longest)
            if last:
                yield self._documents(piece[:last])
            held = piece[last:]
            if over.size or len(held) > self._longest + len(b"\r\n"):
                over.size, over.lines = over.size + len(held), over.lines + held.count(b"\n")
                held = b""
        if over.size:
            yield over
        elif held:
            yield self._documents(held)
