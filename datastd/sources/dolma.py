"""Token ids as Dolma writes them: `.npy` of ids without a header, `.csv.gz` of documents."""

import csv
import io
import os
import tempfile
import weakref
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, ClassVar

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.sources import Defect, Findings
from datastd.sources.files import NPY, NUMPY, NpyHeaderMissing, is_data
from datastd.sources.streams import Bytes
from datastd.sources.tokens import DOCUMENTS, Ids, TokenFile, TokenSource, ends, named, runs

_ROWS = ".csv.gz"
_FIELDS = 5  # id, src, loc, start, end
_DTYPES: Mapping[int, np.dtype[np.generic]] = {
    2: np.dtype("<u2"),
    4: np.dtype("<u4"),
    8: np.dtype("<u8"),
}
_CHUNK = 1 << 20  # bytes of rows read at once
_LONGEST = 1 << 16  # bytes of a row
_MOST = 1 << 40  # bytes of rows
_HELD = 1 << 15  # ends that wait to be written


class MemmapMetadata(Defect):
    """
    Rows that do not tile the ids beside them, or rows without ids; or no bare ids.

    Each row of the ``.csv.gz`` is id, src, loc, start and end of a document, in ids: the
    first starts at 0, each other where the one before it ends, and the last ends where the
    ``.npy`` does, which holds ids of 2, 4 or 8 bytes, and no header.  Ids without rows
    are F025.

    Why it matters:
        Between documents lie ids that belong to none, or two share some: what is left out,
        and what is drawn twice, nobody sees.

    Remedy:
        Write both files again with ``dolma tokens``.

    Source:
        AI2, Dolma, python/dolma/tokenizer/memmap_writer.py.
    """

    code, name = "F432", "dolma-memmap-metadata"


class Dolma(TokenSource):
    """
    Token ids of Dolma: ``<name>.npy`` is a bare array, ``<name>.csv.gz`` tells its documents.

    A sample is a document.  The files do not say how wide an id is: it is what the ends of
    the rows make of the size, 2, 4 or 8 bytes.

    Source:
        AI2, Dolma, python/dolma/tokenizer/memmap_writer.py.
    """

    format: ClassVar[str] = "dolma"
    columns: ClassVar[tuple[str, ...]] = (*TokenSource.columns, "documents_stated")
    kinds: ClassVar[tuple[type[Defect], ...]] = (*DOCUMENTS, MemmapMetadata)
    documents: ClassVar[bool] = True
    names: ClassVar[str] = "a name such as part-0.npy beside part-0.csv.gz"

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(_rows_of(path) in tree.stamps for path in named(tree, [NPY]))

    @classmethod
    def payloads_in(cls, tree: Tree) -> list[str]:
        rows = (f"{path.removesuffix(_ROWS)}{NPY}" for path in named(tree, [_ROWS]))
        return sorted({*named(tree, [NPY]), *rows}, key=str.encode)

    @classmethod
    def beside(cls, tree: Tree) -> Iterable[str]:
        return named(tree, [_ROWS])

    def open_file(self, path: str, findings: Findings) -> TokenFile:
        del findings
        beside = _rows_of(path)
        if path not in self.tree.stamps or not is_data(path):
            raise MemmapMetadata(beside, "", f"{path} beside it", "none")
        content = self.opened(path)
        if content.read(0, len(NUMPY)) == NUMPY:
            raise MemmapMetadata(path, "byte 0", "ids, and no header", "a header of numpy")
        if beside not in self.tree.stamps or not is_data(beside):
            raise NpyHeaderMissing(path, "byte 0", f"{beside} beside it, or a header", "neither")
        found = _Ends(beside, Bytes(self.tree, beside, gzipped=True))
        width, rest = divmod(content.size, found.last) if found.last else (0, 1)
        if rest or width not in _DTYPES:
            expected = f"2, 4 or 8 bytes for each of {found.last} ids, as {beside} says"
            raise MemmapMetadata(path, "", expected, f"{content.size} bytes")
        ids = Ids(content, 0, _DTYPES[width], found.last)
        return TokenFile(path, ids, found.count, found.bounds, {"documents_stated": found.count})

    def parts(self, path: str) -> Sequence[str]:
        return (_rows_of(path),)

    def rewritten(self, part: str, file: TokenFile, rows: NDArray[np.int64]) -> Iterator[bytes]:
        content = Bytes(self.tree, part, gzipped=True)
        content.expand(_MOST)
        every = enumerate(csv.reader(_lines(part, content), strict=True))
        wanted = (n for start, stop in runs(rows) for n in range(start, stop))
        found = (end for some in ends(file, rows) for end in some.tolist())
        packed, text, start = zlib.compressobj(9, zlib.DEFLATED, 31), io.StringIO(newline=""), 0
        writer = csv.writer(text)
        for row, end in zip(wanted, found, strict=True):
            fields = next(some for number, some in every if number == row)
            writer.writerow([*fields[:3], start, end])
            start = end
            if text.tell() > _CHUNK:
                yield packed.compress(text.getvalue().encode())
                text.seek(0)
                text.truncate()
        yield packed.compress(text.getvalue().encode()) + packed.flush()
        content.close()


class _Ends:
    """
    Where the documents of one file end: in a nameless file, however many there are.

    Attributes:
        count: Number of documents.
        last: Where the last of them ends.
    """

    def __init__(self, path: str, content: Bytes) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self.count, self.last = 0, 0
        held = array("q", [0])
        for end in self._ends(path, content):
            held.append(end)
            if len(held) > _HELD:
                held.tofile(self._file)
                held = array("q")
        held.tofile(self._file)
        self._file.flush()

    def _ends(self, path: str, content: Bytes) -> Iterator[int]:
        """Yield the end of each row, if it begins where the last one ended."""
        content.expand(_MOST)
        try:
            if content.trouble:
                raise content.trouble
            for row in csv.reader(_lines(path, content), strict=True):
                where = f"row {self.count}"
                if len(row) != _FIELDS:
                    found = f"{len(row)} fields"
                    raise MemmapMetadata(path, where, "id, src, loc, start, end", found)
                start, end = (_whole(path, where, text) for text in row[3:])
                if start != self.last or end < start:
                    expected, found = f"ids from {self.last} on", f"{start} to {end}"
                    raise MemmapMetadata(path, where, expected, found)
                self.count, self.last = self.count + 1, end
                yield end
        except csv.Error as error:
            where, found = f"row {self.count}", f"another: {error}"
            raise MemmapMetadata(path, where, "a row of CSV", found) from None
        finally:
            content.close()

    def bounds(self, start: int, stop: int) -> NDArray[np.int64]:
        """Where documents begin, and where the last ends."""
        raw = os.pread(self._file.fileno(), 8 * (stop - start + 1), 8 * start)
        return np.frombuffer(raw, np.int64)


def _rows_of(path: str) -> str:
    return f"{path.removesuffix(NPY)}{_ROWS}"


def _whole(path: str, where: str, text: str) -> int:
    """A place in the ids."""
    if not (text.isascii() and text.isdigit()) or len(text) > 18:  # noqa: PLR2004
        raise MemmapMetadata(path, where, "a whole number for start and for end", "another text")
    return int(text)


def _lines(path: str, content: Bytes) -> Iterator[str]:
    """The lines of a text, each with its end; a field in quotes may hold some of them."""
    rest, at = b"", 0
    while piece := content.read(at, _CHUNK):
        at += len(piece)
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > _LONGEST:
            raise MemmapMetadata(path, f"byte {at}", f"lines of at most {_LONGEST} bytes", "more")
        yield from (_text(path, at, line) + "\n" for line in lines)
    if rest:
        yield _text(path, at, rest)


def _text(path: str, at: int, line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise MemmapMetadata(path, f"byte {at}", "text in UTF-8", "other bytes") from None
