"""Text corpora as JSON lines: one object a line, one document an object."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.records import columns
from datastd.sources import Defect, Findings
from datastd.sources.encoding import JsonlBom, Utf8Invalid, Utf16Suspected
from datastd.sources.files import COMMON
from datastd.sources.jsonl.defects import (
    WRONG,
    JsonDuplicateKey,
    JsonlInvalidLine,
    JsonlNotObject,
    JsonLoneSurrogate,
    JsonNonfiniteNumber,
)
from datastd.sources.jsonl.grammar import BLANK, NO_TEXT, TEXT
from datastd.sources.jsonl.scan import scan, texts, values
from datastd.sources.lines import documents
from datastd.sources.serial import Part, Place, Serial, kept
from datastd.sources.tabular import Rows


@dataclass
class Run(Part):
    """
    Lines that are looked at together.

    Attributes:
        piece: They.
        source: Knows under which key the text is.
    """

    piece: bytes
    source: "Jsonl"

    def __post_init__(self) -> None:
        self.starts = documents(self.piece, joined=False).start
        self.size, self.records = len(self.piece), len(self.starts)
        self.lines = self.piece.count(b"\n")

    def rows(
        self, path: str, start: Place, wanted: Sequence[str] | None
    ) -> Iterator[Rows | Defect]:
        key, names = self.source.key, self.source.names if wanted is None else wanted
        others = [name for name in names if name != key]
        every = scan(self.piece, key, others)
        there = np.flatnonzero(every.found != BLANK)
        lines, numbers = every.rows(there), start.line + there + 1
        is_record = np.isin(lines.found, (TEXT, NO_TEXT))
        bad = np.flatnonzero(~is_record)
        places = numbers[bad], (lines.at - lines.start)[bad], lines.found[bad]
        for row, line, at, what in zip(
            bad.tolist(), *(one.tolist() for one in places), strict=True
        ):
            kind, expected, found = WRONG[what]
            name = f"{path}#{start.record + row}"
            yield kind(path, f"line {line}, byte {at}", expected, found, name)
        sound = np.flatnonzero(is_record)
        if not len(sound):
            return
        lines = lines.rows(sound)
        values_ = {key: texts(self.piece, lines)}
        values_ |= {name: values(self.piece, lines, n) for n, name in enumerate(others)}
        rows = Rows(
            start.record + sound,
            pl.DataFrame(values_),
            lambda row: f"line {numbers[sound[row]]}",
            dict.fromkeys(others, "json"),
            {"separators": lines.separators},
        )
        yield (
            rows
            if wanted is not None
            else self.source.whole(rows, map(json.loads, self._lines(sound)))
        )

    def _lines(self, rows: NDArray[np.int64]) -> Iterator[bytes]:
        """Yield these records as they are."""
        for start in self.starts[rows].tolist():
            end = self.piece.find(b"\n", start)
            yield self.piece[start : end if end >= 0 else None]

    def written(self, numbers: NDArray[np.int64]) -> Iterator[bytes]:
        yield from kept(self.piece, self.starts, numbers)


class Jsonl(Serial):
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
    option: ClassVar[str] = "key"
    columns: ClassVar[tuple[str, ...]] = ("text", "separators")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, *Serial.KINDS, JsonlInvalidLine, JsonlNotObject, JsonDuplicateKey,
        JsonNonfiniteNumber, JsonLoneSurrogate, JsonlBom, Utf8Invalid, Utf16Suspected,
    )  # fmt: skip

    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson", ".json")
    such_as: ClassVar[str] = "a name such as x.jsonl, or a paper"
    too_long: ClassVar[type[Defect]] = JsonlInvalidLine

    @property
    def key(self) -> str:
        """The key of the text: the one that the format names, or the record's."""
        names = (one.called for one in columns(self.record) if one.name == "text")
        return self.column or next(names, "text")

    @property
    def names(self) -> list[str]:
        """What the data call the fields of the record."""
        return [self.named(one) for one in columns(self.record)]

    @classmethod
    def is_ours(cls, path: str) -> bool:
        return super().is_ours(path) and not path.lower().endswith(".json")  # of one value

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(map(cls.is_ours, tree.stamps))

    def parts(
        self, path: str, start: Place, pieces: Iterator[bytes], trouble: Findings
    ) -> Iterator[Part]:
        del path, start
        for found in self.few_lines(pieces, trouble):
            yield found if isinstance(found, Part) else Run(found, self)
