"""
What the automata over JSON share: what may come next, and which keys an object has had.

For kernels.  Keys are told apart by hashes under a seed of the process's own.
"""

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numba.extending import register_jitable

from datastd.kernels import helper
from datastd.sources.encoding import Bytes, Numbers
from datastd.sources.jsonl.grammar import BACKSLASH, escape, put

DEEP = 128  # objects and arrays inside each other: polars crashes at some hundreds
KEYS = 1 << 20  # in a line
SLOTS = 1 << 10  # of the table of keys, to begin with

VALUE, FIRST_VALUE, FIRST_KEY, KEY, COLON, AFTER = range(6)
"""What may come next."""

SEED = np.uint64(secrets.randbits(64))  # nobody can write keys that are slow to tell apart
_OFFSET, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # of FNV-1a


def _words(*words: str) -> Bytes:
    return np.frombuffer("".join(word.ljust(8, "\0") for word in words).encode(), np.uint8)


LITERALS = _words("true", "false", "null").reshape(3, 8)
INFINITE = _words("NaN", "Infinity").reshape(2, 8)


def joined(names: Sequence[str]) -> tuple[Bytes, Numbers]:
    """Names as `which` takes them: one after the other, and where each begins."""
    encoded = [one.encode() for one in names]
    return np.frombuffer(b"".join(encoded), np.uint8), np.cumsum([0, *map(len, encoded)])


@helper
def hashed(line: Bytes, at: int, stop: int, scratch: Bytes, seed: np.uint64) -> np.uint64:
    """Hash of a key, unescaped: two ways to write it are one key."""
    value = _OFFSET ^ seed
    while at < stop:
        if line[at] != BACKSLASH:
            value = (value ^ np.uint64(line[at])) * _PRIME
            at += 1
            continue
        _, point, at = escape(line, at + 1, stop)
        for n in range(put(scratch, 0, point)):
            value = (value ^ np.uint64(scratch[n])) * _PRIME
    return value


@helper
def is_key(line: Bytes, at: int, stop: int, wanted: Bytes, scratch: Bytes) -> bool:
    """Say whether a key, unescaped, is the one that is *wanted*."""
    place = 0
    while at < stop:
        if line[at] != BACKSLASH:
            length = 1
            scratch[0] = line[at]
            at += 1
        else:
            _, point, at = escape(line, at + 1, stop)
            length = put(scratch, 0, point)
        for n in range(length):
            if place >= len(wanted) or wanted[place] != scratch[n]:
                return False
            place += 1
    return place == len(wanted)


@helper
def which(  # noqa: PLR0913, PLR0917
    line: Bytes, at: int, stop: int, wanted: Bytes, bounds: Numbers, scratch: Bytes
) -> int:
    """Number of the wanted key that this is; -1 for none of them."""
    for one in range(len(bounds) - 1):
        if is_key(line, at, stop, wanted[bounds[one] : bounds[one + 1]], scratch):
            return one
    return -1


@helper
def plain(line: Bytes, at: int, stop: int, wanted: Bytes, bounds: Numbers) -> int:
    """As `which`, of a key without escapes, and sooner."""
    for one in range(len(bounds) - 1):
        begin, length = bounds[one], bounds[one + 1] - bounds[one]
        if length == stop - at:
            same = 0
            while same < length and line[at + same] == wanted[begin + same]:
                same += 1
            if same == length:
                return one
    return -1


class Table(NamedTuple):
    """
    The keys of a line by open addressing; stale entries of other lines are free slots.

    Attributes:
        owners: Number of the line and of the object of each entry; shape (S, 2).
        hashes: Of each entry; shape (S,), uint64, S a power of two.
    """

    owners: Numbers
    hashes: Any


@register_jitable
def fresh(size: int) -> Table:
    """A table of so many free slots: a power of two."""
    return Table(np.full((size, 2), -1, np.int64), np.zeros(size, np.uint64))


@helper
def enter(table: Table, row: int, owner: int, value: np.uint64) -> bool:
    """Put the key of an object into the table; say whether it stood there."""
    mask = np.uint64(len(table.hashes) - 1)
    mixed = (value ^ np.uint64(owner)) * _PRIME
    slot = np.int64((mixed ^ (mixed >> np.uint64(29))) & mask)
    while table.owners[slot, 0] == row:
        if table.owners[slot, 1] == owner and table.hashes[slot] == value:
            return True
        slot = (slot + 1) & np.int64(mask)
    table.owners[slot, 0], table.owners[slot, 1], table.hashes[slot] = row, owner, value
    return False


@register_jitable
def grown(table: Table, row: int) -> Table:
    """The entries of a line in a table of twice the size."""
    larger = fresh(2 * len(table.hashes))
    for slot in range(len(table.hashes)):
        if table.owners[slot, 0] == row:
            enter(larger, row, table.owners[slot, 1], table.hashes[slot])
    return larger
