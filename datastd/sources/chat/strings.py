"""Texts put together of the strings that a tape has places of, unescaped."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.bits import BLOCK, EVERY, NONE, first
from datastd.blocks import move, those
from datastd.kernels import helper, kernel
from datastd.sources.chat.turns import LINE_FEED, Places
from datastd.sources.encoding import NEWLINE, Bytes, Numbers, as_strings
from datastd.sources.jsonl.grammar import BACKSLASH, SHORT, escape, put
from datastd.sources.jsonl.tape import Tape

_backslashes = those((BACKSLASH,))


def texts(
    line: bytes, tape: Tape, pieces: Places, bounds: Places, there: NDArray[np.bool_]
) -> pl.Series:
    """The texts of which the *pieces* lie between *bounds*; null where none is *there*."""
    content, offsets = _joined(np.frombuffer(line, np.uint8), tape.where, pieces, bounds)
    return as_strings(content, offsets, there)


def as_lists(values: pl.Series, offsets: Numbers) -> pl.Series:
    """Texts that stand one after the other, in lists; an empty one is null."""
    import pyarrow as pa  # noqa: PLC0415

    found = pa.LargeListArray.from_arrays(
        pa.array(offsets, pa.int64()),
        values.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()),
        mask=pa.array(np.diff(offsets) == 0),
    )
    return pl.Series(found)


@helper
def _unescaped(line: Bytes, at: int, stop: int, into: Bytes, end: int) -> int:
    """Write a string without its escapes; return where it ends."""
    while at < stop:
        if at + 2 * BLOCK <= len(line) and end + BLOCK <= len(into):
            begin, bits, edge = at, _backslashes(line, at), min(at + BLOCK, stop)
            while at < edge:
                move(line, at, into, end)  # an escape, and what is behind it, is written over
                place = min(begin + first(bits), edge) if bits else edge
                at, end = place, end + place - at
                short = SHORT[line[at + 1]] if at < edge and at + 1 < stop else 0
                if not short:
                    break
                into[end] = short
                at, end = at + 2, end + 1
                bits &= EVERY << np.uint64(at - begin) if at < begin + BLOCK else NONE
            if at >= edge:
                continue
        if line[at] != BACKSLASH:
            into[end] = line[at]
            at, end = at + 1, end + 1
            continue
        _, point, at = escape(line, at + 1, stop)
        end = put(into, end, point)
    return end


@kernel
def _joined(line: Bytes, where: Numbers, pieces: Places, bounds: Places) -> tuple[Bytes, Numbers]:
    size = BLOCK  # and room for those that are moved beyond the last
    for piece in pieces:
        size += 1 if piece == LINE_FEED else where[piece, 1] - where[piece, 0]
    content, end = np.empty(size, np.uint8), 0
    offsets = np.zeros(len(bounds), np.int64)
    for row in range(len(bounds) - 1):
        for n in range(bounds[row], bounds[row + 1]):
            piece = pieces[n]
            if piece == LINE_FEED:
                content[end] = NEWLINE
                end += 1
            else:
                end = _unescaped(line, where[piece, 0], where[piece, 1], content, end)
        offsets[row + 1] = end
    return content[:end], offsets
