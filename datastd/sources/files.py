"""What can be wrong with any file, whatever its format; shared by the sources."""

import os
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO

from datastd import digest
from datastd.disk import Tree
from datastd.sources import CARD, Defect

IN_MEMORY = 64 << 20  # bytes decompressed that are kept in memory; more goes to disk
_CHUNK = 1 << 20
_RATIO, _RATIO_FROM = 200, 10 << 20  # a bomb, after the first 10 MiB
_EMPTY = 1000  # members of a gzip file that end without a byte: they cost time, and say nothing

PAPERS = frozenset(
    {CARD, digest.MANIFEST, "bagit.txt", "bag-info.txt"}
    | {f"{name}{end}" for name in ("readme", "license", "licence", "notice",
       "copying", "citation", "attribution", "attributions")
       for end in ("", ".md", ".txt", ".rst", ".cff", ".html")}
)  # fmt: skip
"""Names (lower case) of files that accompany data: hashed, and never samples."""

JUNK = re.compile(
    r"(^|/)(\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini|[^/]*\.(tmp|swp|part))$"
    r"|(^|/)__MACOSX/"
)
"""Files that operating systems and editors leave behind; `JunkFile` reports them."""


class FileUnreadable(Defect):
    """
    A file that cannot be opened or read to its end.

    Why it matters:
        A loader raises in the middle of an epoch, or a link leads out of the
        dataset to bytes that nobody hashed.

    Remedy:
        Give read permission; put a copy of the file in place of a link, and
        remove pipes, sockets and devices.

    Source:
        datastd's own definition.
    """

    code, name = "F001", "file-unreadable"


class EmptyFile(Defect):
    """
    A data file without a byte, as stored or after decompression.

    Why it matters:
        An interrupted download or a full disk leaves files of zero bytes, which
        many loaders take for a shard without samples.

    Remedy:
        Fetch or write the file again.

    Source:
        datastd's own definition.
    """

    code, name = "F002", "empty-file"


class TruncatedCompression(Defect):
    """
    Compressed data that does not decompress to its end marker and checksum.

    All members of a gzip file are read: stopping at the first loses the rest.
    More than 200 times the compressed size, after 10 MiB, is a bomb and ends here, as
    do more than 1,000 members without a byte.

    Why it matters:
        A download that was cut is read as a smaller dataset.

    Remedy:
        Fetch the file again and compare its checksum with the published one.

    Source:
        RFC 1952; the ratio is datastd's own.
    """

    code, name = "F003", "truncated-compression"


class ContainerMagicMismatch(Defect):
    """
    First bytes that are not those of the format the file's suffix names.

    Why it matters:
        A saved error page, or a file under another's name, is not the data.

    Remedy:
        Give the file the suffix of what it holds, or fetch it again.

    Source:
        RFC 1952.
    """

    code, name = "F004", "container-magic-mismatch"


class PicklePayload(Defect):
    """
    A file that has to be unpickled to be read.  Found by its header, never loaded.

    Why it matters:
        Unpickling runs whatever code the file names.

    Remedy:
        Store arrays as IDX, npy without objects, safetensors or Parquet.

    Source:
        CVE-2019-6446; Python documentation of `pickle`.
    """

    code, name = "F008", "pickle-payload"


class EmptyFolder(Defect):
    """
    A folder without an entry.

    Why it matters:
        A manifest lists files, so an empty folder can come and go unseen; where
        folders are classes, it is a class without a sample.

    Remedy:
        Remove the folder, or put back what belongs in it.

    Source:
        Found by trial: signers of folders accept an added empty one.
    """

    code, name = "F098", "empty-folder"


class StrayFile(Defect):
    """
    A file that is neither data of this format nor one of its papers.

    Papers are the data card, the manifest, README, LICENSE, attribution files and
    whatever lies in ``_meta/``.

    Why it matters:
        Data under a name that no loader knows are silently left out of training.

    Remedy:
        Give data the names of the format, put other files into ``_meta/``, or
        move them out of the dataset.

    Source:
        datastd's law that nothing is dropped silently.
    """

    code, name = "F099", "stray-file"


COMMON = (
    FileUnreadable, EmptyFile, TruncatedCompression, ContainerMagicMismatch,
    PicklePayload, EmptyFolder, StrayFile,
)  # fmt: skip
"""Kinds of defect that a source of files can name."""


def is_paper(path: str) -> bool:
    """Say whether *path* accompanies the data: hashed, and never a sample."""
    return path.startswith("_meta/") or path.lower() in PAPERS


def is_data(path: str) -> bool:
    """Say whether *path* may hold samples: neither a paper nor left behind by a program."""
    return not is_paper(path) and not JUNK.search(path)


def odd_entries(tree: Tree) -> Iterator[Defect]:
    """Name what lies in the folder and is not a regular file."""
    for path, found in tree.oddities:
        kind = EmptyFolder if found == "an empty folder" else FileUnreadable
        expected = "a file" if kind is EmptyFolder else "a readable regular file"
        yield kind(path, "", expected, found)


def strays(tree: Tree, data: Iterable[str], expected: str) -> Iterator[Defect]:
    """Name each file that is neither one of *data* nor a paper nor junk, and each pickle."""
    known = set(data)
    for path in tree.stamps:
        if path in known:
            continue
        try:
            head = head_of(tree, path, 64)
        except OSError as error:
            yield unreadable(path, error)
            continue
        if found := pickle_in(head):
            yield PicklePayload(path, "byte 0", expected, found)
        elif is_data(path):
            yield StrayFile(path, "", expected, "a file of another name")


def pickle_in(head: bytes) -> str:
    """Say what in the first bytes of a file asks for unpickling; empty for nothing."""
    # Protocol 2 and up open with 0x80 and their number; 0 and 1 are plain opcodes,
    # of which these begin a container or a global and end in a way text does not.
    if head[:1] == b"\x80" and head[1:2] in {b"\2", b"\3", b"\4", b"\5"}:
        return f"a pickle of protocol {head[1]}"
    if head[:6] == b"\x93NUMPY" and (b"'|O'" in head or b"'O'" in head):
        return "a npy file of Python objects"
    if head[:2] == b"PK" and b"data.pkl" in head:
        return "a torch archive with a pickle"
    if head[:3] in {b"(dp", b"(lp", b"ccp"} or head[:3] in {b"cos", b"c__"}:
        return "a pickle of protocol 0"
    return ""


def unreadable(path: str, error: OSError) -> FileUnreadable:
    """Turn what the operating system says of a file into a defect."""
    found = error.strerror or type(error).__name__
    return FileUnreadable(path, "", "a readable regular file", found)


def head_of(tree: Tree, path: str, length: int) -> bytes:
    """First *length* bytes of a file, or all of it where it is shorter."""
    with tree.open(path) as descriptor:
        return os.pread(descriptor, length, 0)


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
        try:
            if not self.size:
                raise EmptyFile(path, "", "at least one byte", "0 bytes")
            if gzipped:
                head = head_of(tree, path, 2)
                if head != b"\x1f\x8b":
                    raise ContainerMagicMismatch(
                        path, "byte 0", "1f8b, the magic number of gzip", head.hex()
                    )
            else:
                head_of(tree, path, 1)
        except OSError as error:
            raise unreadable(path, error) from None

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
            for piece in self._members(most):
                room = max(0, most - self.size)
                if self._file is None and len(kept) + min(len(piece), room) > IN_MEMORY:
                    self._file = tempfile.TemporaryFile()  # noqa: SIM115
                    self._file.write(kept)
                    kept.clear()
                # No room for it is no fault of the data: the error goes on.
                (kept.extend if self._file is None else self._file.write)(piece[:room])
                self.size += len(piece)
        except Defect as defect:
            self.trouble = defect
        self._memory = bytes(kept)
        if self._file is not None:
            self._file.flush()
        if not self.size and self.trouble is None:
            self.trouble = EmptyFile(
                self._path, "", "at least one byte after decompression", "0 bytes"
            )

    def _members(self, most: int) -> Iterator[bytes]:
        """Yield what the members of a gzip file hold, one after the other."""
        produced, empty, stored = 0, 0, self._tree.stamps[self._path].size
        member, begun = zlib.decompressobj(31), 0
        for offset, piece in self._stored():
            pending = piece
            while pending and produced <= most:
                if member.eof:
                    pending = pending.lstrip(b"\0")  # padding that RFC 1952 allows
                    if not pending:
                        break
                    member, begun = zlib.decompressobj(31), produced
                try:
                    content = member.decompress(pending, _CHUNK)
                except zlib.error as error:
                    found = str(error).rpartition(": ")[2]
                    raise self._cut(offset, "a gzip stream", found) from None
                pending = member.unused_data if member.eof else member.unconsumed_tail
                produced += len(content)
                empty += member.eof and produced == begun
                if empty > _EMPTY:
                    found = "members that hold nothing"
                    raise self._cut(offset, f"at most {_EMPTY} of them", found)
                if produced > _RATIO_FROM and produced > _RATIO * stored:
                    found = "a stream that expands without end"
                    raise self._cut(offset, f"at most {_RATIO} times {stored} bytes", found)
                yield content
            if produced > most:
                return
        if not member.eof:
            expected = "the end marker and checksum of gzip"
            raise self._cut(stored, expected, "the end of the file")

    def _cut(self, offset: int, expected: str, found: str) -> TruncatedCompression:
        return TruncatedCompression(self._path, f"byte {offset}", expected, found)

    def _stored(self) -> Iterator[tuple[int, bytes]]:
        """Yield the file as it is stored in pieces, each with the offset of its end."""
        offset = 0
        try:
            with self._tree.open(self._path) as descriptor:
                while piece := self._tree.read(descriptor, _CHUNK, offset):
                    offset += len(piece)
                    yield offset, piece
        except OSError as error:
            raise unreadable(self._path, error) from None

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
