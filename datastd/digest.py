"""
SHA-256 of what a verdict and a certificate are bound to.

The manifest of a dataset is the text that ``sha256sum`` writes and ``sha256sum
-c`` reads: one line per file, ordered by name.  Its SHA-256 is the digest of the
dataset, and covers every name and every byte (it equals in-toto's ``dirHash``).
"""

import hashlib
import json
import math
import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree, uncollected
from datastd.waiting import each

MANIFEST = "manifest-sha256.txt"
"""The one file that a manifest leaves out: its own copy at the dataset's root."""

CHECKED = frozenset(name for name in hashlib.algorithms_guaranteed if not name.startswith("shake_"))
"""Hashes that can be checked, where others state them: those that every Python has."""

_CHUNK = 1 << 20
_RUN = 256  # files
_SMALL = 16 << 10  # bytes up to which opening a file takes longer than hashing it
_EXACT = 2.0**53  # below it float64 holds every whole number


def of_bytes(content: bytes) -> str:
    """SHA-256 of *content*, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def canonical(value: object) -> bytes:
    """
    The one JSON text of *value*: sorted keys, no spaces, ASCII, finite numbers.

    Raises:
        ValueError: A number is NaN or infinite.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def strict_json(text: bytes, *, depth: int = 32) -> Any:  # noqa: ANN401
    """
    Parse JSON as RFC 8259 means it, and refuse what parsers disagree about.

    Raises:
        ValueError: Not JSON; a key twice in one object; NaN or infinity; deeper
            than *depth*; not UTF-8.
    """

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            msg = "a key stands twice in one object"
            raise ValueError(msg)
        return dict(pairs)

    def never(literal: str) -> object:
        msg = f"{literal} is not a number of JSON"
        raise ValueError(msg)

    try:
        value = json.loads(
            text.decode(), object_pairs_hook=once, parse_constant=never, parse_float=_finite
        )
        deep = _depth(value) > depth
    except RecursionError:
        deep = True
    except json.JSONDecodeError as error:
        msg = f"no JSON, from line {error.lineno}, column {error.colno} on"
        raise ValueError(msg) from None
    if deep:
        msg = f"nested deeper than {depth}"
        raise ValueError(msg)
    return value


def _depth(value: object) -> int:
    """How many lists and objects lie inside each other."""
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def _finite(literal: str) -> float:
    number = float(literal)
    if not np.isfinite(number):
        msg = f"{literal} is beyond the largest number"
        raise ValueError(msg)
    return number


def of_rows(array: NDArray[np.generic]) -> list[bytes]:
    """
    SHA-256 of each sample of *array*, numbers of shape (N, …), 32 bytes each.

    Values and shape count, for the bytes of a 50x100 image are also those of a 100x50
    one.  The element type does not, so that a copy in another type is a copy: whole
    numbers from 0 to 255 are hashed as bytes, other whole numbers as int64, and all else
    as float64 with one zero and one NaN.
    """
    if array.dtype == np.uint8:
        return _of_rows(array)
    flat: NDArray[Any] = array.reshape(len(array), math.prod(array.shape[1:]))
    if array.dtype.kind == "f":
        whole = ((flat == np.trunc(flat)) & (np.abs(flat) < _EXACT)).all(axis=1)
    else:
        whole = (flat <= np.iinfo(np.int64).max).all(axis=1)
    small = whole & ((flat >= 0) & (flat <= 255)).all(axis=1)  # noqa: PLR2004
    if array.dtype.kind == "f":
        rest: NDArray[Any] = array[~whole].astype("<f8") + 0.0  # -0.0 becomes 0.0
        rest[np.isnan(rest)] = np.nan
    else:
        rest = array[~whole].astype("<u8")
    digests = np.empty((len(array), 32), np.uint8)
    for rows, values in (
        (small, array[small].astype(np.uint8)),
        (whole & ~small, array[whole & ~small].astype("<i8")),
        (~whole, rest),
    ):
        found = b"".join(_of_rows(values))
        digests[rows] = np.frombuffer(found, np.uint8).reshape(-1, 32)
    return [one.tobytes() for one in digests]


def _of_rows(array: NDArray[np.generic]) -> list[bytes]:
    head = hashlib.sha256(f"{array.dtype.str} {array.shape[1:]} ".encode())
    size = math.prod(array.shape[1:]) * array.itemsize
    whole = np.ascontiguousarray(array).ravel().view(np.uint8).data
    digests = []
    for start in range(0, len(whole), size):
        one = head.copy()
        one.update(whole[start : start + size])
        digests.append(one.digest())
    return digests


def of_sequences(values: NDArray[Any], offsets: NDArray[np.int64]) -> list[bytes]:
    """
    SHA-256 of each sequence of whole numbers, 32 bytes each.

    Values and length count.  The element type does not: a sequence is hashed in the
    narrowest unsigned type that holds all of it, or as int64.

    Args:
        values: All sequences, one after the other; shape (M,).
        offsets: Where each begins, and where the last ends; shape (N + 1,).
    """
    digests = []
    for start, stop in pairwise(offsets.tolist()):
        one = values[start:stop]
        low, high = (int(one.min()), int(one.max())) if len(one) else (0, 0)
        kind = np.min_scalar_type(high) if low >= 0 else np.dtype(np.int64)
        whole = np.ascontiguousarray(one, kind.newbyteorder("<"))
        head = f"{whole.dtype.str} {len(one)} ".encode()
        hashed = hashlib.sha256(head)
        hashed.update(whole.view(np.uint8).data)
        digests.append(hashed.digest())
    return digests


@dataclass(frozen=True)
class Manifest:
    """
    Each file of a dataset with its SHA-256, by path below the root.

    The folder's own ``manifest-sha256.txt`` is left out, and nothing else: a list
    of exceptions would be a list of things to hide.

    Attributes:
        files: Path and SHA-256 of each file.
        unreadable: Path and reason of each that could not be read.
    """

    files: tuple[tuple[str, str], ...]
    unreadable: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls,
        tree: Tree,
        *,
        jobs: int,
        seen: Callable[[int], None] = lambda _: None,
        known: Mapping[str, str] | None = None,
    ) -> Self:
        """
        Hash every file of *tree* on *jobs* threads.

        Small files are hashed by who asks, for two threads would wait for the interpreter
        and not for the files; unless these come from a disk, for which both can wait.

        Args:
            tree: The dataset's folder.
            jobs: Threads.
            seen: Is told of bytes as they are hashed.
            known: SHA-256 of files by path, where who read them hashed them.

        Raises:
            DataChanged: A file changed while it was read.
        """
        there = dict(known or {})
        unreadable: dict[str, str] = {}
        small: list[str] = []
        large: list[str] = []
        for path, stamp in tree.stamps.items():
            if path not in there and path != MANIFEST:
                (small if stamp.size <= _SMALL else large).append(path)

        def hash_run(run: Sequence[str]) -> None:
            for path in run:
                try:
                    there[path] = _hash(tree, path, seen)
                except OSError as error:
                    unreadable[path] = error.strerror or type(error).__name__

        runs = _runs(tree, small)
        for run in runs:
            before = _blocks_read()
            hash_run(run)
            # Of one file these are eight or more; a few are the program's own.
            if _blocks_read() - before > 2 * len(run):
                break
        for _ in each(hash_run, chain(runs, _runs(tree, large)), jobs=jobs, stop=tree.stop):
            pass
        with uncollected():
            return cls(tuple(sorted(there.items())), tuple(sorted(unreadable.items())))

    @cached_property
    def text(self) -> bytes:
        """The lines of ``sha256sum``, ordered by the bytes of the paths."""
        # UTF-8 keeps the order of the code points, which strings are sorted by.
        return "".join(f"{value}  {path}\n" for path, value in sorted(self.files)).encode()

    @cached_property
    def digest(self) -> str:
        """The digest of the dataset."""
        return of_bytes(self.text)

    def differences(self, other: Self) -> list[str]:
        """Say, file by file, what *other* has that this one has not, and so on."""
        if self.files == other.files:  # most often, and told in a tenth of the time
            return []
        mine, theirs = dict(self.files), dict(other.files)
        return [
            *(f"{path} is missing" for path in mine if path not in theirs),
            *(f"{path} was added" for path in theirs if path not in mine),
            *(
                f"{path} has other bytes"
                for path in mine
                if path in theirs and mine[path] != theirs[path]
            ),
        ]


def _runs(tree: Tree, paths: Sequence[str]) -> Iterator[list[str]]:
    """Files that one thread hashes one after the other: to hand over each would cost more."""
    run: list[str] = []
    size = 0
    for path in paths:
        run.append(path)
        size += tree.stamps[path].size
        if len(run) == _RUN or size >= _CHUNK:
            yield run
            run, size = [], 0
    if run:
        yield run


def _blocks_read() -> int:
    """Blocks of 512 bytes that this process has had read from disks, and not from memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_inblock


def _hash(tree: Tree, path: str, seen: Callable[[int], None]) -> str:
    """SHA-256 of one file: of a small one at once, of others in pieces."""
    size = tree.stamps[path].size
    if size <= _SMALL and len(content := tree.whole(path)) == size:
        seen(size)
        return of_bytes(content)
    total, offset = hashlib.sha256(), 0
    with tree.open(path) as descriptor:
        while piece := tree.read(descriptor, _CHUNK, offset):
            total.update(piece)
            offset += len(piece)
            seen(len(piece))
    return total.hexdigest()
