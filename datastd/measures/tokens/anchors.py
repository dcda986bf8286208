"""Places by which equal stretches of tokens find each other, wherever they begin."""

import numpy as np
import polars as pl

from datastd.measures import Numbers, helper, kernel, measure
from datastd.measures.tokens import Counts, Ids
from datastd.sources import Ragged
from datastd.vocabulary import Vocabulary

WIDTH = 64  # tokens of a window
ANCHOR = 32  # tokens of an anchor
_AROUND = WIDTH - ANCHOR  # tokens on each side that a window with the anchor may reach to
_SMALL = 1 << 16  # ids that fit two bytes
_RING = 64  # hashes that are kept: the 33 of a window, and a power of two


@measure("Q484", "token-anchors", unit="anchors")
def anchors(tokens: Ragged, ids: Ids, vocabulary: Vocabulary) -> pl.DataFrame:
    """
    One anchor for every window of 64 tokens, and what lies around it.

    The anchor of a window is the run of 32 tokens in it whose hash is the least, and of
    equal ones the first: a matter of the window's content alone, so that equal windows
    have equal anchors at equal places in them.  Neighbouring windows mostly share one:
    there is an anchor about every 17 tokens.  A table ``row``, ``at`` (the token of the
    sample that the anchor begins with), ``anchor`` (its hash), ``left`` and ``right`` (how
    many tokens the sample has beside it, up to 32), ``around`` (those: 64 ids, 0 where there
    are none).  With the anchor's hash between its halves, any 32 in a row of these 64 stand
    for a window.  An anchor that equals the one before it, with
    all around it, is left out: a run of one token has one.

    Why it matters:
        Two texts that share 64 tokens are found by one equal hash, without comparing
        every place of the one with every place of the other.

    Remedy:
        Remove duplicates before the text is tokenised.

    Source:
        Schleimer, Wilkerson & Aiken 2003, "Winnowing: local algorithms for document
        fingerprinting", SIGMOD, doi:10.1145/872757.872770.
    """
    row, at, hashes = _anchors(ids, tokens.offsets)
    left = np.minimum(at, _AROUND)
    right = np.minimum(np.diff(tokens.offsets)[row] - at - ANCHOR, _AROUND)
    kind = np.uint16 if vocabulary.size <= _SMALL else np.uint32
    around = np.zeros((len(row), 2 * _AROUND), kind)
    _copy(ids, tokens.offsets[row] + at, left, right, around)
    return pl.DataFrame(
        {"row": row, "at": at, "anchor": hashes, "left": left.astype(np.uint8),
         "right": right.astype(np.uint8), "around": around}
    )  # fmt: skip


@kernel
def _copy(ids: Ids, starts: Counts, left: Counts, right: Counts, around: Numbers) -> None:
    for i in range(len(starts)):
        for j in range(_AROUND - left[i], _AROUND):
            around[i, j] = ids[starts[i] - _AROUND + j]
        for j in range(right[i]):
            around[i, _AROUND + j] = ids[starts[i] + ANCHOR + j]


@helper
def _mixed(value: np.uint64) -> np.uint64:
    """Spread a hash, so that which is least is a matter of all of its bits."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    return value ^ (value >> np.uint64(33))


@helper
def _repeats(one: Ids, before: int, at: int) -> bool:
    """Say whether an anchor and all around it equal the one before."""
    if before < _AROUND or at + WIDTH > len(one):
        return False
    for place in range(-_AROUND, WIDTH):  # noqa: SIM110  -- numba makes no machine code of a generator
        if one[before + place] != one[at + place]:
            return False
    return True


@kernel
def _anchors(  # noqa: C901, PLR0912  -- one pass is what it is
    ids: Ids, offsets: Counts
) -> tuple[Counts, Counts, Numbers]:
    factor = np.uint64(0x9E3779B97F4A7C15)
    leaving = np.uint64(1)
    for _ in range(ANCHOR):
        leaving *= factor
    rows, places = np.empty(len(ids), np.int64), np.empty(len(ids), np.int64)
    found, count = np.empty(len(ids), np.uint64), 0
    recent = np.empty(_RING, np.uint64)
    for i in range(len(offsets) - 1):
        one = ids[offsets[i] : offsets[i + 1]]
        rolled, least, at, before = np.uint64(0), np.uint64(0), -1, -1
        for j in range(len(one)):
            rolled = rolled * factor + np.uint64(one[j]) + np.uint64(1)
            if j >= ANCHOR:
                rolled -= (np.uint64(one[j - ANCHOR]) + np.uint64(1)) * leaving
            place = j - ANCHOR + 1
            if place < 0:
                continue
            value = _mixed(rolled)
            recent[place & (_RING - 1)] = value
            start = j - WIDTH + 1
            if at < start or at < 0:
                if at >= 0:  # it has left the window: the least of those still in it
                    at = start
                    least = recent[start & (_RING - 1)]
                    for k in range(start + 1, place + 1):
                        if recent[k & (_RING - 1)] < least:
                            at, least = k, recent[k & (_RING - 1)]
                else:
                    at, least = place, value
            elif value < least:
                at, least = place, value
            if start >= 0 and at != before:
                if before < 0 or found[count - 1] != least or not _repeats(one, before, at):
                    rows[count], places[count], found[count] = i, at, least
                    count += 1
                before = at
    return rows[:count].copy(), places[:count].copy(), found[:count].copy()
