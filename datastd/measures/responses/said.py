"""
What texts say, hashed: white space is one space, and what Unicode writes in two ways is one.

What nobody sees within a word (`unseen.is_ignored`) is not there.

Runs of white space (`str.isspace`) are one space, and at the ends of a text there is none;
each character is decomposed (NFD), in one case (`str.casefold`) where that is asked for.
Marks that follow each other stay in their order.
"""

import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from datastd.bits import BLOCK, eight, first, put_eight
from datastd.blocks import move, move_lowered, those
from datastd.measures import helper, kernel
from datastd.measures.text import Utf8, utf8
from datastd.measures.text.normal import (
    CHANGES,
    MOST,
    PARTS,
    SHIFT,
    Hashes,
    Kinds,
    mixed,
    tabled,
)
from datastd.measures.text.pieces import Bytes, Numbers, code_point
from datastd.measures.text.unseen import is_ignored
from datastd.waiting import once

SEEDS = np.array([0x9E3779B97F4A7C15, 0xD1B54A32D192ED03], np.uint64)
"""Odd, and of no meaning: one for each half of a hash."""

_spaces, _odd = those(b" "), those((), below=0x20, above=0x7F)
_WIDER = 3  # times as many bytes as a character has are what it becomes at most


@once
def in_one_case() -> Kinds:
    """What becomes of each code point where case does not tell."""
    return tabled(_kind(str.casefold))


@once
def as_written() -> Kinds:
    """What becomes of each code point where it does."""
    return tabled(_kind(str))


def _kind(change: Callable[[str], str]) -> Callable[[str], tuple[int, bytes]]:
    def kind(letter: str) -> tuple[int, bytes]:
        left = "" if is_ignored(ord(letter)) else unicodedata.normalize("NFD", change(letter))
        return PARTS * letter.isspace() | CHANGES * (left != letter), left.encode()

    return kind


def hashes(
    texts: Utf8,
    wanted: Numbers | None = None,
    *,
    cased: bool = False,
    as_is: NDArray[np.bool_] | None = None,
) -> Hashes:
    """
    Hash texts, or those of them that are *wanted*, by number; shape (N, 2).

    Of those, byte for byte what is to be taken *as is*; none, unless it is said which.
    """
    table = as_written() if cased else in_one_case()
    starts, stops = texts.offsets[:-1], texts.offsets[1:]
    if wanted is not None:
        starts, stops = starts[wanted], stops[wanted]
    if as_is is None:
        as_is = np.zeros(len(starts), np.bool_)
    found: Hashes = _hashes(texts.content, starts, stops, table, cased, as_is)
    return found


def binary(found: Hashes) -> pl.Series:
    """Hashes of 128 bits as a column; shape (N,), Binary."""
    ends = np.arange(len(found) + 1) * 16
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(found))]
    return pl.Series(pa.Array.from_buffers(pa.large_binary(), len(found), buffers))


def alike(one: pl.Series, other: pl.Series, *, cased: bool) -> NDArray[np.int64]:
    """Say which texts say the same as those beside them: 1, else 0; shape (N,)."""
    both = (one.is_not_null() & other.is_not_null()).arg_true()
    found = np.zeros(len(one), np.int64)
    if len(both):
        here, there = (hashes(utf8(side.gather(both)), cased=cased) for side in (one, other))
        found[both.to_numpy()] = (here == there).all(axis=1)
    return found


@kernel
def _hashes(  # noqa: PLR0913, PLR0917
    content: Bytes, starts: Numbers, stops: Numbers, table: Kinds, cased: bool,  # noqa: FBT001
    as_is: NDArray[np.bool_],
) -> Any:  # noqa: ANN401  # fmt: skip
    found, longest = np.empty((len(starts), 2), np.uint64), np.int64(0)
    for n in range(len(found)):
        longest = max(longest, stops[n] - starts[n])
    left = np.empty(_WIDER * longest + BLOCK, np.uint8)  # which are moved at once
    for n in range(len(found)):
        if as_is[n]:
            used = _whole(content, starts[n], stops[n], left)
        else:
            used = _left(content, starts[n], stops[n], table, cased, left)
        one, other = SEEDS[0] ^ np.uint64(used), SEEDS[1]
        put_eight(left, used, np.uint64(0))
        for place in range(0, used, 8):  # what one block has to wait for is one product
            block = eight(left, place)
            one = (one ^ block) * SEEDS[1]
            one ^= one >> np.uint64(32)
            other = (other ^ block) * SEEDS[0]
            other ^= other >> np.uint64(29)
        found[n, 0], found[n, 1] = mixed(one), mixed(other)
    return found


@helper
def _whole(content: Bytes, at: int, stop: int, left: Bytes) -> int:
    """Write all of a text; say of how many bytes."""
    used = 0
    while at < stop:
        size = 1
        if at + BLOCK <= len(content):
            move(content, at, left, used)
            size = min(BLOCK, stop - at)
        else:
            left[used] = content[at]
        at, used = at + size, used + size
    return used


@helper
def _left(  # noqa: C901, PLR0913, PLR0917
    content: Bytes, at: int, stop: int, table: Kinds, cased: bool, left: Bytes,  # noqa: FBT001
) -> int:  # fmt: skip
    """Write what is *left* of a text; say of how many bytes."""
    used, spaced = 0, True
    while at < stop:
        if at + BLOCK <= len(content) and not (spaced and content[at] == 0x20):
            spaces = _spaces(content, at)
            odd = _odd(content, at) | spaces & (spaces << np.uint64(1))
            plain = min(first(odd) if odd else BLOCK, stop - at)
            if plain:  # that many only change their case, or nothing
                if cased:
                    move(content, at, left, used)
                else:
                    move_lowered(content, at, left, used)
                at, used = at + plain, used + plain
                spaced = left[used - 1] == 0x20
                continue
        here = at
        point, at = code_point(content, here)
        kind = table.kinds[point]
        if kind & PARTS:
            if not spaced:
                left[used] = 0x20
                used += 1
            spaced = True
            continue
        its, size = table.places[point] >> SHIFT, table.places[point] & MOST
        if kind & CHANGES and not size:
            continue
        spaced = False
        if kind & CHANGES:
            for place in range(its, its + size):
                left[used] = table.content[place]
                used += 1
        else:
            for place in range(here, at):
                left[used] = content[place]
                used += 1
    return used - 1 if used and spaced else used
