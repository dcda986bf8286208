"""Tables as CSV and TSV: a header, and a record a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.errors import UsageError
from datastd.sources import Defect, Findings
from datastd.sources.csv.defects import (
    CsvHeaderInvalid,
    CsvHeaderSuspect,
    CsvRaggedRow,
    CsvRecordInvalid,
)
from datastd.sources.csv.header import is_no_name
from datastd.sources.csv.scan import (
    BARE_QUOTE,
    BARE_RETURN,
    BEHIND_QUOTE,
    NUL,
    OPEN_QUOTE,
    RAGGED,
    SOUND,
    UTF8,
    Records,
    columns,
    fields_of,
    records,
)
from datastd.sources.encoding import (
    JsonlBom,
    Utf8Invalid,
    Utf16Suspected,
    separators,
)
from datastd.sources.files import COMMON
from datastd.sources.serial import Part, Place, RecordTooLong, Serial, kept, stem
from datastd.sources.tabular import Rows
from datastd.sources.tabular.arrays import ShardSchemaDrift, drifts
from datastd.sources.tabular.defects import ColumnDuplicateLabel
from datastd.words import many

_WRONG: Mapping[int, tuple[type[Defect], str, str]] = {
    BARE_QUOTE: (CsvRecordInvalid, "a field without quotes in it", "a quote"),
    BEHIND_QUOTE: (CsvRecordInvalid, "the end of the field behind its quote", "more of it"),
    OPEN_QUOTE: (CsvRecordInvalid, "a quote that is closed", "one that is not"),
    BARE_RETURN: (CsvRecordInvalid, "a line feed behind a carriage return", "none"),
    UTF8: (Utf8Invalid, "UTF-8", "other bytes"),
    NUL: (CsvRecordInvalid, "characters", "a byte of zero"),
}

_PARTS: Mapping[str, str] = {";": ";", "\t": "a tab", "|": "|", ",": ","}
"""What parts fields in files that are called CSV, and how that is said."""

_COLUMNS = 1 << 16  # of a table
_MOST = 1 << 18  # records that are looked for at once: where each is takes memory


@dataclass
class Header(Part):
    """The row that names the columns, or blank lines before it."""

    piece: bytes
    records: int = 0

    def __post_init__(self) -> None:
        self.size, self.lines = len(self.piece), self.piece.count(b"\n")

    def rows(self, path: str, start: Place, wanted: Sequence[str] | None) -> Iterator[Rows]:
        del path, start, wanted
        yield from ()

    def written(self, numbers: NDArray[np.int64]) -> Iterator[bytes]:
        del numbers
        yield self.piece


@dataclass
class Table(Part):
    """
    Rows of a file.

    Attributes:
        piece: Whole records.
        found: Where in it they are.
        names: Of the columns.
        delimiter: What parts fields.
    """

    piece: bytes
    found: Records
    names: Sequence[str]
    delimiter: str

    def __post_init__(self) -> None:
        self.size, self.records = len(self.piece), len(self.found.start)
        self.lines = self.piece.count(b"\n")

    def rows(
        self, path: str, start: Place, wanted: Sequence[str] | None
    ) -> Iterator[Rows | Defect]:
        found, line = self.found, self.found.line + start.line + 1
        bad = np.flatnonzero(found.found != SOUND)
        width = f"{many(len(self.names), 'field')}, as in the header"
        places = line[bad], found.found[bad], found.fields[bad]
        for row, number, what, fields in zip(
            bad.tolist(), *(one.tolist() for one in places), strict=True
        ):
            key = f"{path}#{start.record + row}"
            if what == RAGGED:
                yield CsvRaggedRow(path, f"line {number}", width, f"{fields}", key)
                continue
            kind, expected, said = _WRONG[what]
            before = self.piece[found.start[row] : found.at[row]]
            at, byte = number + before.count(b"\n"), len(before) - before.rfind(b"\n") - 1
            yield kind(path, f"line {at}, byte {byte}", expected, said, key)
        sound = np.flatnonzero(found.found == SOUND)
        if not len(sound):
            return
        asked = [
            number for number, name in enumerate(self.names) if wanted is None or name in wanted
        ]
        there = Records(*(values[sound] for values in found))
        names = [self.names[number] for number in asked]
        values = columns(self.piece, self.delimiter, there, asked)
        bytes_ = np.frombuffer(self.piece, np.uint8)
        yield Rows(
            sound + start.record,
            pl.DataFrame(dict(zip(names, values, strict=True))),
            lambda row: f"line {line[sound[row]]}",
            forms=dict.fromkeys(names, "strings"),
            beside={"separators": separators(bytes_, there.start, there.stop)},
        )

    def written(self, numbers: NDArray[np.int64]) -> Iterator[bytes]:
        yield from kept(self.piece, self.found.start, numbers)


class Csv(Serial):
    """
    Tables as CSV: ``.csv`` with commas, ``.tsv`` with tabs, compressed or not.

    The first row is the header, and each other one a record; lines without a byte are none.
    What parts fields may be another character of ASCII, and the text in another column than
    ``text``: ``--format "csv:;"``, ``csv:question``, ``"csv:;,question"``.  Quotes go
    around a field, doubled within, or are not in it; a line feed ends a row, and carriage
    returns before it do with it.  A value is a string until the standard's record asks for a
    number or a time; an empty one is then none.

    Reads gzip, bzip2, xz and zstd by the suffix of the file.  A split is what the file's
    name says, or a folder's: train, val or test; else ``data``.  A folder is taken for one of
    CSV unasked if nothing else is in it.

    Source:
        RFC 4180; IANA text/tab-separated-values, with the quotes of RFC 4180.
    """

    format: ClassVar[str] = "csv"
    columns: ClassVar[tuple[str, ...]] = ("text", "separators")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, *Serial.KINDS, CsvRaggedRow, CsvRecordInvalid, CsvHeaderInvalid,
        CsvHeaderSuspect, ShardSchemaDrift, ColumnDuplicateLabel, JsonlBom, Utf8Invalid,
        Utf16Suspected, RecordTooLong,
    )  # fmt: skip
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv")
    such_as: ClassVar[str] = "a name such as x.csv, or a paper"

    def __init__(self, tree: Tree, delimiter: str = "", column: str = "", **sizes: int) -> None:
        super().__init__(tree, column, **sizes)
        self.delimiter = delimiter
        self._names: dict[str, list[str]] = {}

    @classmethod
    def of(cls, tree: Tree, options: Sequence[str] = ()) -> Self:
        if [*options[:2]] == ["", ""]:  # a comma, which parts options, too
            options = (",", *options[2:])
        delimiter = "".join(options[:1]) if len("".join(options[:1])) == 1 else ""
        column = options[1:] if delimiter else options
        if len(column) > 1 or "" in options or not delimiter.isascii() or delimiter in {*'"\r\n'}:
            expected = "what parts fields, the column of the text, or both, as csv:;,question"
            raise UsageError("--format", expected, f"{cls.format}:{','.join(options)}")
        return cls(tree, delimiter, *column)

    @property
    def called(self) -> str:
        options = ",".join(filter(None, (self.delimiter, self.column)))
        return f"{self.format}:{options}" if options else self.format

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return cls.alone(tree)

    def beside(self) -> Iterator[Defect]:
        read = [(path, self._names[path]) for path in self.tree.stamps if path in self._names]
        for path, names in read:
            if found := is_no_name(names):
                yield CsvHeaderSuspect(path, "the header", "names of columns", found)
        yield from drifts({path: tuple((one, "strings") for one in names) for path, names in read})

    def parts(
        self, path: str, start: Place, pieces: Iterator[bytes], trouble: Findings
    ) -> Iterator[Part]:
        delimiter = self.delimiter or ("\t" if stem(path).endswith(".tsv") else ",")
        names, held = None if start.line == 0 else self._names[path], b""
        for more in chain(self.whole_lines(pieces, trouble), [None]):
            ends = not isinstance(more, bytes)
            held += more if isinstance(more, bytes) else b""
            if names is None:
                found, end = records(held, delimiter, longest=self._longest, ends=ends, most=1)
                if len(found.start) or ends:
                    if not self.delimiter:
                        _refuse_parted(path, held, found, delimiter)
                    names = self._names[path] = _names(path, held, found, delimiter)
                yield Header(held[:end])
                held = held[end:]
            if names is not None:
                whole = 0
                for table in self._tables(held, names, delimiter, ends=ends):
                    yield table
                    whole += table.size
                held = held[whole:]
            if isinstance(more, Part):
                yield more

    def _tables(
        self, held: bytes, names: Sequence[str], delimiter: str, *, ends: bool
    ) -> Iterator[Table]:
        """Cut what is held into rows, so many at a time that their places fit into memory."""
        at, found = 0, None
        while found is None or len(found.start) == _MOST:
            found, end = records(
                memoryview(held)[at:], delimiter,
                width=len(names), longest=self._longest, ends=ends, most=_MOST,
            )  # fmt: skip
            yield Table(held[at : at + end], found, names, delimiter)
            at += end


def _refuse_parted(path: str, piece: bytes, header: Records, delimiter: str) -> None:
    """Refuse a first row that is one name, and would be several if another character parts them."""
    if not len(header.start) or header.fields[0] != 1 or header.found[0] != SOUND:
        return
    name = piece[header.start[0] : header.stop[0]]
    other = next((one for one in _PARTS if one != delimiter and one.encode() in name), "")
    if other and not name.startswith(b'"'):
        expected = f"names with {_PARTS[delimiter]} between them, or what else is, as csv:; says"
        found = f"one, with {_PARTS[other]} in it"
        raise CsvHeaderInvalid(path, f"line {header.line[0] + 1}", expected, found)


def _names(path: str, piece: bytes, header: Records, delimiter: str) -> list[str]:
    """The names of the columns, which the first record of a file says."""
    if not len(header.start):
        raise CsvHeaderInvalid(path, "", "a row that names the columns", "none")
    line = f"line {header.line[0] + 1}"
    if header.found[0] != SOUND:
        _, expected, found = _WRONG[int(header.found[0])]
        raise CsvHeaderInvalid(path, line, expected, found)
    if (count := int(header.fields[0])) > _COLUMNS:
        raise CsvHeaderInvalid(path, line, f"at most {_COLUMNS} columns", f"{count}")
    names = fields_of(piece, delimiter, header)
    known: dict[str, int] = {}
    for number, name in enumerate(names):
        if known.setdefault(name, number) != number:
            found = f"one for columns {known[name] + 1} and {number + 1}"
            raise ColumnDuplicateLabel(path, line, "a name for each column", found)
    return names
