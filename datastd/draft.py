"""A folder in the making: written beside its place, and put there whole."""

import contextlib
import errno
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from datastd.disk import Tree
from datastd.errors import NotJudged, UsageError

_CHUNK = 1 << 20
_NO_LINK = frozenset({
    errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS,
})  # fmt: skip
"""What a system answers that gives no second name to a file, there or to anyone."""


def refuse_folder(place: Path) -> None:
    """
    Refuse, before the work, a place where no new folder could be put.

    Raises:
        UsageError: Something is there, or no folder around it that can be written to.
    """
    try:
        there = os.path.lexists(place)
        if there and not (place.is_dir() and not any(place.iterdir())):
            found = "one with files" if place.is_dir() else "a file"
            raise UsageError(str(place), "a new folder, or an empty one", found)
        around = place.parent
        if not around.is_dir() or not os.access(around, os.W_OK | os.X_OK):
            found = "one that cannot be written to" if around.exists() else "none"
            raise UsageError(str(place), "a place in a folder that can be written to", found)
    except OSError as error:
        raise UsageError(str(place), "a new folder", error.strerror or "an error") from None


class Draft:
    """
    A new folder, under a name of its own until it is whole.

    It is locked while it is written.  What a run that was killed left behind, for the
    same place, is locked by nobody, and goes.  In a ``with`` that ends before `publish`,
    nothing is left.

    Args:
        place: Where it goes: nothing is there, or an empty folder.
        copy: Whether files are copied where they could be linked.

    Attributes:
        folder: Where it is meanwhile.
        paths: What was written, below the folder.
        taken: Of these, what is the same file, or a copy of it, as in another folder.

    Raises:
        UsageError: No folder can be made there.
    """

    def __init__(self, place: Path, *, copy: bool = False) -> None:
        self.place, self._links = place, not copy
        self.paths: set[str] = set()
        self.taken: set[str] = set()
        self._folders = {""}
        self.folder = place.with_name(f".tmp-{place.name}-{secrets.token_hex(8)}")
        try:
            _sweep(place)
            self.folder.mkdir()
            self._lock = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            said = error.strerror or "an error"
            raise UsageError(str(place), "a place for a new folder", said) from None
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def put(self, path: str, pieces: Iterable[bytes]) -> None:
        """
        Write a new file.

        Raises:
            NotJudged: There is no room for it.
        """
        with self._writing(), self._beside(path).open("xb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    def take(self, tree: Tree, path: str) -> None:
        """
        Take a file of another folder over: by a second name for it, else by a copy.

        Raises:
            DataChanged: It is no longer the file that was walked.
            NotJudged: There is no room for it.
        """
        with self._writing():
            place = self._beside(path)
            self.taken.add(path)
            if self._links:
                try:
                    tree.link(path, place)
                except OSError as error:
                    self._links = error.errno not in {errno.EXDEV, errno.EOPNOTSUPP, errno.ENOSYS}
                    if error.errno not in _NO_LINK:
                        raise
                else:
                    return
            with place.open("xb") as file:
                for piece in pieces_of(tree, path):
                    file.write(piece)

    def publish(self) -> None:
        """
        Put the folder in its place.

        Raises:
            UsageError: Something is there now.
        """
        try:
            os.fsync(self._lock)
            self.folder.rename(self.place)
            around = os.open(self.place.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(around)
            finally:
                os.close(around)
        except OSError as error:
            said = error.strerror or "an error"
            raise UsageError(str(self.place), "a new folder, or an empty one", said) from None

    def _beside(self, path: str) -> Path:
        """Where the file *path* goes, with the folders around it."""
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        self.paths.add(path)
        return self.folder / path

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            said = error.strerror or type(error).__name__
            expected, hint = "a place with room for the new folder", "nothing of it was left"
            raise NotJudged(str(self.place), expected, said, hint) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


def pieces_of(tree: Tree, path: str) -> Iterator[bytes]:
    """Yield what a file of *tree* holds, as it is stored."""
    with tree.open(path) as descriptor:
        offset = 0
        while piece := tree.read(descriptor, _CHUNK, offset):
            yield piece
            offset += len(piece)


def _sweep(place: Path) -> None:
    """Remove the drafts for *place* that nobody is writing any more."""
    ours = re.compile(rf"\.tmp-{re.escape(place.name)}-[0-9a-f]{{16}}")
    for one in place.parent.iterdir():
        if not ours.fullmatch(one.name) or one.is_symlink() or not one.is_dir():
            continue
        with contextlib.suppress(OSError):
            lock = os.open(one, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(one)
            finally:
                os.close(lock)
