"""
What a file holds, decompressed if need be: as a stream of pieces, or at any offset.

All members of a compressed file are read, for stopping at the first loses the rest in
silence; what expands without end is a bomb, and ends there.
"""

import bz2
import io
import lzma
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Protocol

from datastd.disk import Tree
from datastd.sources import Defect
from datastd.sources.files import (
    ContainerMagicMismatch,
    EmptyFile,
    TruncatedCompression,
    head_of,
    unreadable,
)

IN_MEMORY = 64 << 20  # bytes decompressed that `Bytes` keeps in memory; more goes to disk
PIECE = 1 << 20  # bytes that are handed over at once, at most
_RATIO, _RATIO_FROM = 200, 10 << 20  # a bomb, after the first 10 MiB
_EMPTY = 1000  # members that end without a byte: they cost time, and say nothing
_LITTLE = 1 << 12  # bytes asked of pyarrow at once: an error takes so many with it
_MEMORY = 128 << 20  # bytes that a decoder of xz may ask for; `xz -9` asks for half of it


class _Member(Protocol):
    """One compressed stream of a file, as `bz2` and `lzma` have it."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Writer(Protocol):
    """An encoder, as `zlib`, `bz2` and `lzma` have it."""

    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class _ZstdWriter:
    """pyarrow's encoder in the form of the others: a frame for each piece of some size."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def compress(self, data: bytes) -> bytes:
        self._held.append(data)
        return self.flush() if sum(map(len, self._held)) >= PIECE else b""

    def flush(self) -> bytes:
        import pyarrow as pa  # noqa: PLC0415

        held, self._held = b"".join(self._held), []
        return bytes(pa.compress(held, codec="zstd", asbytes=True)) if held else b""


class _Gzip:
    """zlib's decoder in the form of the others."""

    def __init__(self) -> None:
        self._stream, self._left = zlib.decompressobj(31), b""

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._left

    def decompress(self, data: bytes, max_length: int) -> bytes:
        content = self._stream.decompress(self._left + data, max_length)
        self._left = self._stream.unconsumed_tail
        return content


@dataclass(frozen=True, slots=True)
class Codec:
    """
    A way to compress a file.

    Attributes:
        name: What it is called.
        magic: The first bytes of such a file.
        padding: Bytes of zeros that may stand behind a member come by so many; 0 for none.
        writer: Makes an encoder.
        member: Makes the decoder of one member; None where pyarrow's is taken.
    """

    name: str
    magic: bytes
    padding: int
    writer: Callable[[], _Writer]
    member: Callable[[], _Member] | None


CODECS = {
    ".gz": Codec("gzip", b"\x1f\x8b", 1, lambda: zlib.compressobj(6, wbits=31), _Gzip),
    ".bz2": Codec("bzip2", b"BZh", 0, bz2.BZ2Compressor, bz2.BZ2Decompressor),
    ".xz": Codec("xz", b"\xfd7zXZ\0", 4, lzma.LZMACompressor,
                 lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _MEMORY)),
    ".zst": Codec("zstd", b"\x28\xb5\x2f\xfd", 0, _ZstdWriter, None),
}  # fmt: skip
"""By the suffix of the file."""

_ALSO = {".tgz": ".gz", ".tbz2": ".bz2", ".txz": ".xz", ".zstd": ".zst"}


def codec_of(path: str) -> Codec | None:
    """The codec that a file's name states."""
    suffix = "." + path.rpartition(".")[2].lower()
    return CODECS.get(_ALSO.get(suffix, suffix))


def content(
    tree: Tree, path: str, start: int = 0, stop: int | None = None, most: int = 0
) -> Iterator[bytes]:
    """
    Yield what a file holds, in order; of one that is not compressed, from *start* to *stop*.

    Of that, at most so many bytes are read at once; `PIECE`, unless it is said.

    Raises:
        Defect: It cannot be read, is not what its name says, or is cut.
    """
    codec, size = codec_of(path), tree.stamps[path].size
    if not size:
        raise EmptyFile(path, "", "at least one byte", "0 bytes")
    if codec is None:
        for _, piece in _stored(tree, path, start, size if stop is None else stop, most):
            yield piece
        return
    some = False
    for piece in expanded(tree, path, codec):
        some = some or bool(piece)
        yield piece
    if not some:
        raise EmptyFile(path, "", "at least one byte after decompression", "0 bytes")


def compressed(path: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a file that holds *pieces*, compressed as its name says."""
    codec = codec_of(path)
    if codec is None:
        yield from pieces
        return
    stream = codec.writer()
    for piece in pieces:
        yield stream.compress(piece)
    yield stream.flush()


def expanded(tree: Tree, path: str, codec: Codec) -> Iterator[bytes]:
    """
    Yield what a compressed file holds, piece by piece; some may be empty.

    Raises:
        Defect: It cannot be read, is not of this codec, is cut, or expands without end.
    """
    size = tree.stamps[path].size
    _refuse_other(tree, path, codec)
    stored = _stored(tree, path, 0, size)
    if codec.member is None:
        yield from _zstd(path, stored, size)
    else:
        yield from _members(path, codec, codec.member, stored, size)


def _refuse_other(tree: Tree, path: str, codec: Codec | None) -> None:
    """Refuse a file that cannot be read, or does not begin as its codec has it."""
    magic = codec.magic if codec else b""
    try:
        head = head_of(tree, path, max(1, len(magic)))
    except OSError as error:
        raise unreadable(path, error) from None
    if codec and head != magic:
        expected = f"{magic.hex()}, the magic number of {codec.name}"
        raise ContainerMagicMismatch(path, "byte 0", expected, head.hex())


def _members(
    path: str,
    codec: Codec,
    new: Callable[[], _Member],
    stored: Iterator[tuple[int, bytes]],
    size: int,
) -> Iterator[bytes]:
    """Yield what the members of a file hold, one after the other."""
    produced, empty, member, begun, padding = 0, 0, new(), 0, 0
    for offset, piece in stored:
        pending = piece
        while True:
            if member.eof:
                kept = pending.lstrip(b"\0") if codec.padding else pending
                padding, pending = padding + len(pending) - len(kept), kept
                if not pending:
                    break
                _refuse_padding(path, offset, codec, padding)
                member, begun, padding = new(), produced, 0
            try:
                found = member.decompress(pending, PIECE)
            except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
                said = str(error).rpartition(": ")[2]
                raise _cut(path, offset, f"a {codec.name} stream", said) from None
            pending = member.unused_data if member.eof else b""
            produced += len(found)
            empty += member.eof and produced == begun
            if empty > _EMPTY:
                said = "members that hold nothing"
                raise _cut(path, offset, f"at most {_EMPTY} of them", said)
            _refuse_bomb(path, offset, produced, size)
            yield found
            if not member.eof and member.needs_input:
                break
    _refuse_padding(path, size, codec, padding)
    if not member.eof:
        expected = f"the end marker and checksum of {codec.name}"
        raise _cut(path, size, expected, "the end of the file")


class _Stored(io.RawIOBase):
    """Stored bytes as a file, for a decoder that wants one."""

    def __init__(self, stored: Iterator[tuple[int, bytes]]) -> None:
        self._stored, self._left, self.offset = stored, b"", 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            self.offset, self._left = next(self._stored, (self.offset, b""))
        some = self._left if size < 0 else self._left[:size]
        self._left = self._left[len(some) :]
        return some


def _zstd(path: str, stored: Iterator[tuple[int, bytes]], size: int) -> Iterator[bytes]:
    """Yield what the frames of a file hold; pyarrow decodes them, one after the other."""
    import pyarrow as pa  # noqa: PLC0415  -- few files ask for it

    file, produced = _Stored(stored), 0
    stream = pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd")
    while True:
        try:
            found = stream.read(_LITTLE)
        except OSError as error:
            raise _cut(path, file.offset, "a zstd stream", str(error)[:100]) from None
        if not found:
            return
        produced += len(found)
        _refuse_bomb(path, file.offset, produced, size)
        yield found


def _refuse_padding(path: str, offset: int, codec: Codec, zeros: int) -> None:
    if codec.padding and zeros % codec.padding:
        raise _cut(path, offset, f"zeros by {codec.padding} behind a stream", f"{zeros} of them")


def _refuse_bomb(path: str, offset: int, produced: int, size: int) -> None:
    if produced > _RATIO_FROM and produced > _RATIO * size:
        found = "a stream that expands without end"
        raise _cut(path, offset, f"at most {_RATIO} times {size} bytes", found)


def _cut(path: str, offset: int, expected: str, found: str) -> TruncatedCompression:
    return TruncatedCompression(path, f"byte {offset}", expected, found)


def _stored(
    tree: Tree, path: str, start: int, stop: int, most: int = 0
) -> Iterator[tuple[int, bytes]]:
    """Yield a file as it is stored in pieces, each with the offset of its end."""
    offset = start
    try:
        with tree.open(path) as descriptor:
            while offset < stop:
                piece = tree.read(descriptor, min(most or PIECE, stop - offset), offset)
                if not piece:
                    return
                offset += len(piece)
                yield offset, piece
    except OSError as error:
        raise unreadable(path, error) from None


def runs(pieces: Iterator[bytes], size: int, longest: int) -> Iterator[tuple[bytes, int]]:
    """
    Cut a stream behind line feeds: each run holds whole lines, of *size* bytes or a little more.

    Yields each run and 0; or, in place of a line of more than *longest* bytes, nothing
    and its length.  The last line may lack its line feed.
    """
    held: list[bytes] = []
    room, open_, skipped = 0, 0, 0  # bytes held, those of the last line, and of one left out
    for piece in pieces:
        rest = piece
        end = rest.find(b"\n")
        if open_ + skipped + (end if end >= 0 else len(rest)) > longest:
            # Of what ever pieces: a line is left out by its length alone.
            whole = b"".join(held)[: room - open_]
            if whole:
                yield whole, 0
            skipped += open_ + (end if end >= 0 else len(rest))
            held, room, open_ = [], 0, 0
            if end < 0:
                continue
            yield b"", skipped
            rest, skipped = rest[end + 1 :], 0
        cut = rest.rfind(b"\n") + 1
        held.append(rest)
        room += len(rest)
        open_ = len(rest) - cut if cut else open_ + len(rest)
        if room - open_ >= size:  # the last line feed is in what came last
            if len(held) == 1 and cut == len(rest):  # of much, a copy takes as long as to read it
                yield rest, 0
            else:
                yield b"".join([*held[:-1], memoryview(rest)[:cut]]), 0
            held, room = [rest[cut:]], open_
    if skipped:
        yield b"", skipped
    elif room:
        yield b"".join(held), 0


class Forward:
    """
    The content of one file, decompressed if need be, read from its beginning to its end.

    What lies between two reads of a raw file is not read; of a compressed one it is
    decompressed and dropped.

    Attributes:
        trouble: What ended decompression early, if anything did; reads end there.

    Raises:
        Defect: The file is empty.
    """

    def __init__(self, tree: Tree, path: str) -> None:
        self.trouble: Defect | None = None
        self._raw = None if codec_of(path) else Bytes(tree, path, gzipped=False)
        self._pieces = iter(()) if self._raw else content(tree, path)
        self._held, self._base = bytearray(), 0

    def read(self, at: int, length: int) -> bytes:
        """
        Read *length* bytes from *at* on, fewer at the end; *at* never lies before the last one.

        Raises:
            DataChanged: The file is no longer the one that was walked.
        """
        if self._raw:
            return self._raw.read(at, length)
        while self._base + len(self._held) < at + length and (piece := self._next()) is not None:
            self._held += piece
            passed = min(at - self._base, len(self._held))
            del self._held[:passed]
            self._base += passed
        passed = min(at - self._base, len(self._held))
        del self._held[:passed]
        self._base += passed
        return bytes(self._held[:length]) if self._base == at else b""

    def _next(self) -> bytes | None:
        try:
            return next(self._pieces, None)
        except Defect as defect:
            self.trouble = defect
            return None


class Bytes:
    """
    The content of one file, decompressed if need be, readable at any offset.

    A raw file stays on disk and is read where asked.  What a gzip file holds is
    kept in memory up to 64 MiB, else in a nameless temporary file.

    Attributes:
        size: Bytes of content; of a gzip file, those that were decompressed.
        trouble: What ended decompression early, if anything did.

    Raises:
        Defect: The file cannot be opened, or is empty.
    """

    def __init__(self, tree: Tree, path: str, *, gzipped: bool) -> None:
        self._tree, self._path = tree, path
        self.trouble: Defect | None = None
        self._memory = b""
        self._file: IO[bytes] | None = None
        self._gzipped = gzipped
        self.size = tree.stamps[path].size
        if not self.size:
            raise EmptyFile(path, "", "at least one byte", "0 bytes")
        _refuse_other(tree, path, CODECS[".gz"] if gzipped else None)

    def expand(self, most: int) -> None:
        """
        Decompress a gzip file: at most *most* bytes are kept, and `size` is set.

        One chunk more is counted, so that `size` tells an over-long file.
        """
        if not self._gzipped:
            return
        self.close()
        kept, self.size, self.trouble = bytearray(), 0, None
        try:
            for piece in expanded(self._tree, self._path, CODECS[".gz"]):
                room = max(0, most - self.size)
                if self._file is None and len(kept) + min(len(piece), room) > IN_MEMORY:
                    self._file = tempfile.TemporaryFile()  # noqa: SIM115
                    self._file.write(kept)
                    kept.clear()
                # No room for it is no fault of the data: the error goes on.
                (kept.extend if self._file is None else self._file.write)(piece[:room])
                self.size += len(piece)
                if self.size > most:
                    break
        except Defect as defect:
            self.trouble = defect
        self._memory = bytes(kept)
        if self._file is not None:
            self._file.flush()
        if not self.size and self.trouble is None:
            self.trouble = EmptyFile(
                self._path, "", "at least one byte after decompression", "0 bytes"
            )

    def read(self, offset: int, length: int) -> bytes:
        """
        Read *length* bytes at *offset*; fewer at the end of the content.

        Raises:
            DataChanged: The file is no longer the one that was walked.
        """
        if self._file is not None:
            return os.pread(self._file.fileno(), length, offset)
        if self._gzipped:
            return self._memory[offset : offset + length]
        with self._tree.open(self._path) as descriptor:
            pieces = []
            while length and (piece := self._tree.read(descriptor, length, offset)):
                pieces.append(piece)
                offset, length = offset + len(piece), length - len(piece)
            return b"".join(pieces)

    def close(self) -> None:
        """Drop what was decompressed."""
        self._memory = b""
        if self._file is not None:
            self._file.close()
            self._file = None
