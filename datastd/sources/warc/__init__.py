"""Web archives: WARC, and the WET files that hold the text of its pages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.sources import Defect, Findings
from datastd.sources.encoding import Utf8Invalid, not_utf8, strings
from datastd.sources.files import COMMON
from datastd.sources.serial import (
    Lost,
    Part,
    Passed,
    Place,
    RecordTooLong,
    Serial,
    TooLong,
)
from datastd.sources.streams import compressed, content
from datastd.sources.tabular import Rows
from datastd.sources.warc.defects import (
    WarcDigestMismatch,
    WarcNoDocument,
    WarcRecordInvalid,
)
from datastd.sources.warc.digests import differs
from datastd.sources.warc.scan import (
    BLOCK_DIGEST,
    CUT,
    DOCUMENT,
    END,
    END_OF_RECORD,
    FIELD,
    FIRST_LINE,
    HEADER,
    ID,
    INFO,
    LANGUAGE,
    LENGTH,
    MISSING,
    OTHER,
    PAYLOAD_DIGEST,
    SOUND,
    SWALLOWS,
    TIME,
    TWICE,
    URL,
    VERSION,
    Records,
    is_document,
    next_record,
    records,
)

_WRONG: Mapping[int, tuple[str, str]] = {
    VERSION: ("WARC/1.0 or WARC/1.1", "other bytes"),
    FIELD: ("a field: a name, a colon, a value, and the end of the line", "another line"),
    TWICE: ("each field once", "one that stood before"),
    MISSING: ("the fields WARC-Type, Content-Length, WARC-Record-ID and WARC-Date", "fewer"),
    LENGTH: ("a number of bytes", "none"),
    HEADER: ("fields of at most 64 KiB", "more"),
    END: ("two line ends behind as many bytes as are said", "other bytes"),
    CUT: ("as many bytes as are said", "the end of the file"),
    SWALLOWS: ("no other record in the bytes that are said", "one that ends where they do"),
}
_COLUMNS = {"url": URL, "time": TIME, "id": ID, "language": LANGUAGE}


@dataclass
class Archive(Part):
    """
    Records of a piece of a file.

    Attributes:
        piece: Whole records.
        found: Where in it they are.
        longest: Bytes that a document may have.
    """

    piece: bytes
    found: Records
    longest: int
    lines: int = 0

    def __post_init__(self) -> None:
        self.size = len(self.piece)
        self.texts = np.flatnonzero(self.found.kind == DOCUMENT)
        self.records = len(self.texts)
        self.others = int((self.found.kind == OTHER).sum())

    def rows(
        self, path: str, start: Place, wanted: Sequence[str] | None
    ) -> Iterator[Rows | Defect]:
        found, bytes_ = self.found.rows(self.texts), np.frombuffer(self.piece, np.uint8)
        is_whole = found.found == SOUND
        wrong = np.where(is_whole, not_utf8(bytes_, found.start, found.stop), -1)
        length = np.where(is_whole, found.stop + len(END_OF_RECORD) - found.start, 0)
        is_sound = is_whole & (wrong < 0) & (length <= self.longest)
        other = dict(self._others(found, np.flatnonzero(is_sound)))
        is_sound[[*other]] = False
        bad = np.flatnonzero(~is_sound)
        places = (found.start[bad], found.found[bad], found.at[bad], length[bad], wrong[bad])
        for row, begin, what, where, size, byte in zip(
            bad.tolist(), *(one.tolist() for one in places), strict=True
        ):
            key = f"{path}#{start.record + row}"
            if what != SOUND:
                at = f"byte {start.byte + where}"
                yield WarcRecordInvalid(path, at, *_WRONG[what], key)
            elif size > self.longest:
                at, expected = (
                    f"byte {start.byte + begin}",
                    f"a record of at most {self.longest} bytes",
                )
                yield RecordTooLong(path, at, expected, f"{size}", key)
            elif byte >= 0:
                yield Utf8Invalid(path, f"byte {start.byte + byte}", "UTF-8", "other bytes", key)
            else:
                yield WarcDigestMismatch(path, f"byte {start.byte + begin}", *other[row], key)
        sound = np.flatnonzero(is_sound)
        if not len(sound):
            return
        there = found.rows(sound)
        values = {}
        if wanted is None or "text" in wanted:
            values["text"] = strings(bytes_, there.block, there.stop)
        for name, field in _COLUMNS.items():
            if wanted is None or name in wanted:
                begin, end = there.fields[:, field].T.astype(np.int64)
                values[name] = strings(bytes_, begin, end, begin >= 0)
        if "url" in values:  # as WARC/1.0 had it, for a time
            values["url"] = values["url"].str.strip_prefix("<").str.strip_suffix(">")
        yield Rows(
            sound + start.record,
            pl.DataFrame(values),
            lambda row: f"byte {start.byte + there.start[row]}",
            forms={"time": "strings"},
            beside={"separators": np.zeros(len(sound), np.int64)},  # lines end no record
        )

    def _others(
        self, found: Records, rows: NDArray[np.int64]
    ) -> Iterator[tuple[int, tuple[str, str]]]:
        """Yield those of the sound records *rows* that have another digest than they state."""
        stated = found.fields[rows][:, [BLOCK_DIGEST, PAYLOAD_DIGEST]]
        view = memoryview(self.piece)
        for row in np.flatnonzero((stated[:, :, 0] >= 0).any(axis=1)).tolist():
            number = int(rows[row])
            block = view[found.block[number] : found.stop[number]]
            said = {self.piece[begin:end] for begin, end in stated[row].tolist() if begin >= 0}
            if wrong := next((one for text in sorted(said) if (one := differs(block, text))), None):
                yield number, wrong

    def written(self, numbers: NDArray[np.int64]) -> Iterator[bytes]:
        edges = [*self.found.start.tolist(), len(self.piece)]
        about = np.flatnonzero(self.found.kind == INFO)
        for row in np.union1d(self.texts[numbers], about).tolist():
            yield self.piece[edges[row] : edges[row + 1]]


@dataclass
class Broken(Passed):
    """A record that is none, and too long to be held."""

    records: int = 1

    def rows(self, path: str, start: Place, wanted: Sequence[str] | None) -> Iterator[Defect]:
        del wanted
        at, key = f"byte {start.byte}", f"{path}#{start.record}"
        yield WarcRecordInvalid(path, at, *_WRONG[END], key)


class Warc(Serial):
    """
    Web archives, ``.warc`` or ``.wet``, compressed or not: a document a record of plain text.

    Documents are records of the type ``conversion``, as in WET files, or ``resource``, whose
    content is ``text/plain``.  Their text is the block, byte for byte; ``url``, ``time``,
    ``id`` and ``language`` are what WARC-Target-URI, WARC-Date, WARC-Record-ID and
    WARC-Identified-Content-Language say.  Of other records no sample is made; that they are
    there is told.

    Reads gzip, bzip2, xz and zstd by the suffix of the file, each record a member or not.
    Written anew, it holds the documents that stay and what is said of the file, each record
    a member.  A split is what the file's name says, or a folder's; else ``data``.

    Source:
        ISO 28500:2017; IIPC, The WARC Format 1.1; Common Crawl, WET files.
    """

    format: ClassVar[str] = "warc"
    columns: ClassVar[tuple[str, ...]] = ("text", "separators")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, *Serial.KINDS, WarcRecordInvalid, WarcNoDocument, WarcDigestMismatch, Utf8Invalid,
        RecordTooLong,
    )  # fmt: skip
    suffixes: ClassVar[tuple[str, ...]] = (".warc", ".wet", ".wat")
    such_as: ClassVar[str] = "a name such as x.warc.gz, or a paper"
    is_text: ClassVar[bool] = False

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(map(cls.is_ours, tree.stamps))

    def told(self, path: str, others: int) -> Defect:
        expected = "records of plain text, converted or as they were"
        return WarcNoDocument(path, "", expected, f"{others} of other kinds")

    def packed(self, path: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield from compressed(path, [piece])

    def parts(
        self, path: str, start: Place, pieces: Iterator[bytes], trouble: Findings
    ) -> Iterator[Part]:
        del path, start
        stream, held, ends = self._pieces(pieces), b"", False
        while not ends:
            more = next(stream, None)
            held, ends = held + (more or b""), more is None
            found, end, size = records(held, longest=self._longest, ends=ends)
            if ends and trouble.defects and len(found.start) and found.found[-1] == CUT:
                end = int(found.start[-1])
                yield Archive(
                    held[:end], found.rows(np.arange(len(found.start) - 1)), self._longest
                )
                yield Lost(len(held) - end)
                return
            yield Archive(held[:end], found, self._longest)
            held = held[end:]
            if size > self._longest or (size < 0 and len(held) > self._longest):
                part, held = self._passed(held, size, pieces, trouble)
                yield part

    def _parts(
        self, path: str, start: Place, stop: int | None, trouble: Findings
    ) -> Iterator[Part]:
        size, at = self.tree.stamps[path].size, start.byte
        goes_on = stop is not None and stop < size
        for part in super()._parts(path, start, stop, trouble):
            if goes_on and isinstance(part, Archive) and CUT in part.found.found[-1:]:
                self._look_beyond(path, at, part)
            yield part
            at += part.size

    def _look_beyond(self, path: str, at: int, part: Archive) -> None:
        """Say what is wrong with the last record before a shard's end as if the file went on."""
        begin = at + int(part.found.start[-1])
        stop = min(begin + self._longest + len(END_OF_RECORD), self.tree.stamps[path].size)
        more = b"".join(content(self.tree, path, begin, stop))
        found, *_ = records(more, longest=self._longest, ends=True)
        part.found.found[-1] = found.found[0]
        part.found.at[-1] = begin - at + found.at[0]

    def _pieces(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Put pieces together: a member of a compressed file may be a record, and small."""
        held, room = list[bytes](), 0
        for piece in pieces:
            held.append(piece)
            room += len(piece)
            if room >= self._run:
                yield b"".join(held)
                held, room = [], 0
        if room:
            yield b"".join(held)

    def _passed(
        self, held: bytes, size: int, pieces: Iterator[bytes], trouble: Findings
    ) -> tuple[Part, bytes]:
        """
        Pass by a record that is too long to be held; return it, and what comes behind it.

        It ends where its *size* says, or, where that is wrong or below 0, where the next begins.
        """
        part: Part = Passed(size, others=1)
        if size > 0 and is_document(held):
            part = TooLong(size, most=self._longest, in_lines=False)
        gone = 0  # bytes of it before those held
        while True:
            at = next_record(held)
            if at >= 0 and (size < 0 or gone + at < size):
                return Broken(gone + at), held[at:]
            if 0 <= size <= gone + len(held):
                end = size - gone
                if held[end - len(END_OF_RECORD) : end] == END_OF_RECORD:
                    return part, held[end:]
                size = -1
            more = next(pieces, None)
            if more is None:
                whole = gone + len(held)
                return (Lost(whole) if trouble.defects else Broken(whole)), b""
            gone, held = gone + len(held) - FIRST_LINE, held[-FIRST_LINE:] + more
