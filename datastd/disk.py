"""
The file system: a dataset's folder held open, and files put in place whole.

Everything below a dataset's root is opened relative to a held directory
descriptor and never through a symbolic link, so that what was walked is what is
read.  What was read is compared with what was walked before anyone relies on it.
"""

import contextlib
import gc
import itertools
import os
import resource
import secrets
import stat
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from ctypes import CDLL, c_int64, c_long, create_string_buffer, sizeof
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self

from datastd.errors import DataChanged, UsageError

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a character device"),
    (stat.S_ISBLK, "a block device"),
)


_LIBRARY = CDLL(None)
_SYNC = getattr(_LIBRARY, "sync_file_range", None)  # of Linux
_FROM = _TO_END = c_int64(0)  # made once: ctypes takes longer than the call
_ALL_PAGES = 7  # wait for those on their way, write the dirty ones, wait for them


_IN_MEMORY = 0x01021994, 0x858458F6  # tmpfs and ramfs, as Linux has them in `statfs`
_STATUS = 256  # bytes: more than a `struct statfs` has anywhere


_STAMPED = attrgetter("st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
_CHUNK = 1 << 20  # bytes that are hashed at once
_DEEPEST = 100  # folders inside each other: each is held open while it is walked


class Stamp(NamedTuple):
    """What changes when a file changes; `ctime_ns` cannot be set back."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """Take the stamp from a `stat` result."""
        return tuple.__new__(cls, _STAMPED(status))  # as `cls(*…)`, in half the time


class Stopped(Exception):  # noqa: N818
    """Ends a thread that reads for nobody; never seen outside of it."""


class Oddity(NamedTuple):
    """Something below the root that is no readable regular file."""

    path: str
    found: str


def _elsewhere(stamps: dict[str, Stamp], names: dict[str, int]) -> Iterator[str]:
    """Those of some files that have so many *names* that some are not among them."""
    here = Counter((stamps[path].device, stamps[path].inode) for path in names)
    for path, count in names.items():
        if here[stamps[path].device, stamps[path].inode] < count:
            yield path


class _Folder:
    """A folder's descriptor, given back with the thread that asked for it."""

    __slots__ = ("descriptor", "path")

    def __init__(self, path: str, descriptor: int) -> None:
        self.path, self.descriptor = path, descriptor

    def __del__(self) -> None:
        os.close(self.descriptor)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Have Python's garbage collector wait while objects are made of which none is garbage."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Tree:
    """
    A dataset's folder, walked once and held open.

    Attributes:
        root: The folder, as the user named it.
        stamps: Each regular file by its path below the root (``/`` between
            parts), in the order of the paths' UTF-8 bytes.
        unguarded: The files among them that everybody may write, or put another in the place of.
        linked: Those that have another name outside of the folder, by which they can be written.
        oddities: Links, devices, pipes, empty folders, folders that cannot be
            listed, names that cannot be written in a manifest.

    Raises:
        UsageError: *root* is not a folder that can be listed.
    """

    def __init__(self, root: Path) -> None:
        self._open_root(root)
        stamps: dict[str, Stamp] = {}
        self.unguarded: set[str] = set()
        self.oddities: list[Oddity] = []
        names: dict[str, int] = {}
        with uncollected():
            self._walk(self._descriptor, "", stamps, names)
        self.linked = {*_elsewhere(stamps, names)} if names else set()
        # UTF-8 keeps the order of the code points, which strings are sorted by.
        self.stamps = {path: stamps[path] for path in sorted(stamps)}
        self.oddities.sort()

    @classmethod
    def of(cls, root: Path, stamps: dict[str, Stamp]) -> Self:
        """
        Hold a folder open again, of which another process walked these files.

        Its files are not held: whoever does this reads each of them once.

        Raises:
            UsageError: *root* is no longer a folder that can be opened.
        """
        tree = object.__new__(cls)
        tree._open_root(root)
        tree.stamps, tree.unguarded, tree.oddities, tree._most_held = stamps, set(), [], 0
        tree.linked = set()
        return tree

    def _open_root(self, root: Path) -> None:
        self.root = root
        try:
            self._descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            hint = "fetch it: only what is on a disk is read" if ":/" in str(root) else ""
            raise UsageError(str(root), "a folder with a dataset", "nothing", hint) from None
        except NotADirectoryError:
            hint = "name the folder that it is in"
            raise UsageError(str(root), "a folder with a dataset", "no folder", hint) from None
        except ValueError:  # a NUL
            raise UsageError("data", "a path without NUL", f"{root}") from None
        except OSError as error:
            raise UsageError(
                str(root), "a folder that can be listed", error.strerror or "an error"
            ) from None
        self._held: dict[str, int] = {}
        self._last = threading.local()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._digests: Mapping[str, str] = {}
        self._proven: set[str] = set()
        self._unproven: set[str] | None = None
        self._most_held = resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 4

    def _walk(
        self, folder: int, prefix: str, stamps: dict[str, Stamp], names: dict[str, int]
    ) -> None:
        if prefix.count("/") > _DEEPEST:
            self.oddities.append(Oddity(prefix.rstrip("/"), f"a folder below {_DEEPEST} others"))
            return
        with os.scandir(folder) as entries:
            # In order, so that what is looked at one after the other lies together in memory.
            found = sorted(entries, key=attrgetter("name"))
        if not found:
            self.oddities.append(Oddity(prefix.rstrip("/") or ".", "an empty folder"))
        # Of a folder like /tmp everybody may add files, and nobody replace another's.
        is_open = os.fstat(folder).st_mode & (stat.S_IWOTH | stat.S_ISVTX) == stat.S_IWOTH
        for entry in found:
            path = f"{prefix}{entry.name}"
            if not _can_be_listed(entry.name):
                self.oddities.append(Oddity(path, "a name that no manifest can hold"))
                continue
            try:
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    stamps[path] = Stamp.of(status)
                    if is_open or status.st_mode & stat.S_IWOTH:
                        self.unguarded.add(path)
                    if status.st_nlink > 1:
                        names[path] = status.st_nlink
                elif stat.S_ISDIR(status.st_mode):
                    inner = os.open(entry.name, _FLAGS | os.O_DIRECTORY, dir_fd=folder)
                    try:
                        self._walk(inner, f"{path}/", stamps, names)
                    finally:
                        os.close(inner)
                else:
                    kind = next(
                        (name for test, name in _KINDS if test(status.st_mode)),
                        "a special file",
                    )
                    self.oddities.append(Oddity(path, kind))
            except OSError as error:
                self.oddities.append(Oddity(path, error.strerror or "an error"))

    @property
    def size(self) -> int:
        """Size of all regular files together."""
        return sum(stamp.size for stamp in self.stamps.values())

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[int]:
        """
        Lend a descriptor of *path*, for `os.pread`; compare its stamp on the way out.

        Raises:
            DataChanged: The file is no longer the one that was walked.
            OSError: The file cannot be opened.
        """
        descriptor, held = self._lent(path)
        try:
            if not held:
                _write_back(descriptor)
                self._compare(path, descriptor)
                held = self._hold(path, descriptor)
            self._ask(path, descriptor, hold=held)
            yield descriptor
            self._compare(path, descriptor)
        finally:
            if not held:
                os.close(descriptor)

    def whole(self, path: str) -> bytes:
        """
        Read a small file at once, as through `open`, and in half the time: there may be millions.

        Compared is only afterwards: a stamp that is the walked one then was so before.

        Returns:
            As many bytes as were walked, and then it is all there are; or, of a file system
            that does not keep to the sizes that it states, others.

        Raises:
            DataChanged: As `open`.
            OSError: The file cannot be opened or read.
            Stopped: `stop` was called.
        """
        descriptor, held = self._lent(path)
        try:
            if not held:
                _write_back(descriptor)
            if self._digests:
                self._ask(path, descriptor, hold=held)
            try:
                content = self.read(descriptor, self.stamps[path].size + 1, 0)
            finally:
                self._compare(path, descriptor)
            held = held or self._hold(path, descriptor)
        finally:
            if not held:
                os.close(descriptor)
        return content

    def _lent(self, path: str) -> tuple[int, bool]:
        """A descriptor of a file, and whether it is one that is held."""
        known = self._held.get(path)
        return (self._open(path), False) if known is None else (known, True)

    def _hold(self, path: str, descriptor: int) -> bool:
        """Hold a file open that was compared, and say so; not where it is, or too many are."""
        if len(self._held) >= self._most_held:  # asked before the lock: of most files it is so
            return False
        with self._lock:
            room = path not in self._held and len(self._held) < self._most_held
            if room:
                self._held[path] = descriptor
        return room

    def guard(self, digests: Mapping[str, str], *, hashed: bool) -> None:
        """
        From now on, lend no file whose bytes are not those that are expected.

        A file that is held open is hashed once; any other whenever it is opened.

        Args:
            digests: SHA-256 by path.
            hashed: Whether those that are held open have been hashed, through what is held.
        """
        self._digests = digests
        self._proven = {*self._held} if hashed else set()

    @contextlib.contextmanager
    def unproven(self) -> Iterator[set[str]]:
        """Lend files as they are, to whoever asks meanwhile; the set says which."""
        self._unproven = set()
        try:
            yield self._unproven
        finally:
            self._unproven = None

    def prove(self, paths: Iterable[str]) -> None:
        """
        Hash files that `guard` knows, and that were not yet.

        Raises:
            DataChanged: One has other bytes than are expected.
        """
        for path in sorted(paths):
            with self.open(path):
                pass

    def prove_again(self) -> None:
        """
        Hash again what is held open, where a stamp tells less than elsewhere: in memory.

        A page of tmpfs that was mapped before the stamp was taken is written to without a trace:
        it is never written back.  What is not held is hashed whenever it is opened.

        Raises:
            DataChanged: A file has other bytes than are expected.
        """
        if _is_in_memory(self._descriptor):
            self._proven = set()
            self.prove({*self._held})

    def _ask(self, path: str, descriptor: int, *, hold: bool) -> None:
        """Hash a file that is to be lent, where somebody expects certain bytes."""
        expected = self._digests.get(path)
        if expected is None or path in self._proven:
            return
        if self._unproven is not None:
            self._unproven.add(path)
            return
        total, offset = sha256(), 0
        while piece := self.read(descriptor, _CHUNK, offset):
            total.update(piece)
            offset += len(piece)
        self._compare(path, descriptor)
        if total.hexdigest() != expected:
            raise _changed(path, "other bytes than were certified")
        if hold:
            self._proven.add(path)

    def link(self, path: str, place: Path) -> None:
        """
        Give the file *path* a second name, *place*.

        That sets its ``ctime_ns``, so that nobody may rely on its stamp afterwards.

        Raises:
            DataChanged: It is no longer the file that was walked.
            OSError: No second name can be given.
        """
        try:
            os.link(path, place, src_dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            raise _changed(path, "no such file") from None
        # Not `ctime_ns`: another name of it may have been linked before.
        if Stamp.of(os.lstat(place))[:-1] != self.stamps[path][:-1]:
            place.unlink()
            raise _changed(path, "another")

    def read(self, descriptor: int, length: int, offset: int) -> bytes:
        """
        Read up to *length* bytes at *offset* of a descriptor that `open` lent.

        Raises:
            Stopped: `stop` was called: whoever waited for the bytes has gone.
        """
        if self._stopped.is_set():
            raise Stopped
        return os.pread(descriptor, length, offset)

    def read_each(
        self, descriptor: int, lengths: Iterable[int], offsets: Iterable[int]
    ) -> list[bytes]:
        """
        Read many pieces, as `read` does one.

        Raises:
            Stopped: `stop` was called.
        """
        if self._stopped.is_set():
            raise Stopped
        return [*map(os.pread, itertools.repeat(descriptor), lengths, offsets)]

    def stop(self) -> None:
        """End what other threads still read, at their next piece."""
        self._stopped.set()

    def _open(self, path: str) -> int:
        folder, _, name = path.rpartition("/")
        try:
            return os.open(name, _FLAGS, dir_fd=self._folder(folder))
        except (FileNotFoundError, NotADirectoryError):
            raise _changed(path, "no such file") from None

    def _folder(self, path: str) -> int:
        """A descriptor of a folder, kept until this thread asks for another: files lie together."""
        if not path:
            return self._descriptor
        known: _Folder | None = getattr(self._last, "folder", None)
        if known is not None and known.path == path:
            return known.descriptor
        here = self._descriptor
        with contextlib.ExitStack() as stack:
            for part in path.split("/"):
                here = os.open(part, _FLAGS | os.O_DIRECTORY, dir_fd=here)
                stack.callback(os.close, here)
            self._last.folder = _Folder(path, os.dup(here))
        return self._last.folder.descriptor  # type: ignore[no-any-return]

    def _compare(self, path: str, descriptor: int) -> None:
        if _STAMPED(os.fstat(descriptor)) != self.stamps[path]:
            raise _changed(path, "another")

    def compare(self) -> None:
        """
        Raise `DataChanged` if a file that is held open is not as it was walked.

        Costs one `fstat` per held file.
        """
        for path, descriptor in list(self._held.items()):
            self._compare(path, descriptor)

    def walk_again(self) -> None:
        """
        Raise `DataChanged` if a second walk finds anything but what the first did.

        A file added while the data was judged was not judged.
        """
        again = Tree(self.root)
        try:
            if again.stamps == self.stamps and again.oddities == self.oddities:
                return
            files = {path for path, _ in again.stamps.items() ^ self.stamps.items()}
            others = {oddity.path for oddity in {*again.oddities} ^ {*self.oddities}}
        finally:
            again.close()
        raise _changed(min(files | others), "another")

    @property
    def closed(self) -> bool:
        """Whether nothing can be read any more."""
        return self._descriptor < 0

    def close(self) -> None:
        """Give all descriptors back."""
        root = [] if self.closed else [self._descriptor]
        for descriptor in (*self._held.values(), *root):
            os.close(descriptor)
        self._held, self._descriptor = {}, -1
        self._last = threading.local()  # and with the other go the folders of all threads

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _write_back(descriptor: int) -> None:
    """
    Have what was written to a file's mapped pages put on the disk.

    Such a page is written to again without a trace in the times, until then.
    """
    # Not its size and times, for which `fsync` would wait: most files are as they were.
    if _SYNC is None or _SYNC(descriptor, _FROM, _TO_END, _ALL_PAGES):
        with contextlib.suppress(OSError):
            os.fsync(descriptor)


def _is_in_memory(descriptor: int) -> bool:
    """Say whether the files of a folder are pages of memory, and nothing behind them."""
    status = create_string_buffer(_STATUS)
    if _SYNC is None or _LIBRARY.fstatfs(descriptor, status):
        return False
    kind = int.from_bytes(status.raw[: sizeof(c_long)], sys.byteorder)  # its first field
    return kind in _IN_MEMORY


def _changed(path: str, found: str) -> DataChanged:
    return DataChanged(path, "the file that was walked", found, "the data changed: run again")


def _can_be_listed(name: str) -> bool:
    """Say whether a line of a manifest can hold *name*: UTF-8, no control character."""
    if name.isascii() and name.isprintable():
        return "\\" not in name
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return not any(ord(c) < 0x20 or ord(c) == 0x7F or c == "\\" for c in name)  # noqa: PLR2004


def read_whole(path: Path, *, most: int, what: str) -> bytes:
    """
    Read a small file of the user's: a certificate, a configuration, a recipe.

    Raises:
        UsageError: No regular file, not readable, or larger than *most* bytes.
    """
    try:
        if not path.is_file():
            there = "a folder" if path.is_dir() else "something else"
            found = there if path.exists() else "nothing"
            raise UsageError(str(path), f"a file with {what}", found)
        with path.open("rb") as file:
            # Asking for *most* would also reserve it.
            content = file.read(min(most, os.fstat(file.fileno()).st_size) + 1)
    except OSError as error:
        raise UsageError(
            str(path), f"a readable file with {what}", error.strerror or "an error"
        ) from None
    if len(content) > most:
        raise UsageError(str(path), f"at most {most} bytes of {what}", "more")
    return content


def refuse_empty(named: str | Path) -> Path:
    """
    Give the path that *named* is.

    Raises:
        UsageError: It is empty: more likely a variable that was not set than a folder.
    """
    if not str(named):
        raise UsageError("data", "the path of a folder", "an empty name")
    return Path(named)


def real(named: str | Path) -> Path:
    """
    Give the absolute path that *named* is, links followed as far as they lead.

    Raises:
        UsageError: No path can be written so.
    """
    try:
        return Path(os.path.realpath(named))
    except ValueError:  # a NUL
        raise UsageError("path", "a path without NUL", f"{named}") from None


def refuse_inside(path: Path, data: Path) -> None:
    """
    Refuse a place in a dataset's folder: what is written there would be one of its files.

    Raises:
        UsageError: It is the folder, or lies in it.
    """
    resolved = real(path)
    if real(data) in (resolved, *resolved.parents):
        raise UsageError(
            str(path), "a place beside the dataset", "one inside it",
            "what is written there would be one of its files",
        )  # fmt: skip


def refuse_place(path: Path) -> None:
    """
    Refuse, before the work, a place where the file that comes of it could not go.

    Raises:
        UsageError: No folder that can be written to, or a folder itself.
    """
    if path.is_dir():
        raise UsageError(str(path), "the name of a file", "a folder")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
        found = "one that cannot be written to" if path.parent.exists() else "none"
        raise UsageError(str(path), "a place in a folder that can be written to", found)


def make_folder(path: Path) -> None:
    """
    Make a folder, and those above it, where there is none.

    Raises:
        UsageError: There is a file, or none can be made there.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(str(path), "a folder to write to", error.strerror or "an error") from None


@contextlib.contextmanager
def replacing(path: Path, *, mode: int = 0o644) -> Iterator[BinaryIO]:
    """
    Lend a file whose content comes to *path* whole at the end, or not at all.

    Written beside, flushed, then renamed: a reader sees the old file or the new one, and
    never a torn one.  `publish` also reads back what it wrote.

    Raises:
        UsageError: The file cannot be written there.
    """
    if "\0" in str(path):
        raise UsageError("path", "a path without NUL", f"{path}")
    beside = path.with_name(f".tmp-{path.name}-{secrets.token_hex(8)}")
    try:
        descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w+b") as file:
            try:
                yield file
                file.flush()
                os.fsync(descriptor)
                beside.replace(path)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise UsageError(str(path), "a place to write to", error.strerror or "an error") from None


def publish(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """
    Put *content* at *path* whole, or leave what was there; read it back before.

    Raises:
        UsageError: The file cannot be written there.
    """
    with replacing(path, mode=mode) as file:
        file.write(content)
        file.seek(0)
        if file.read() != content:
            raise OSError(0, "other bytes than were written")
