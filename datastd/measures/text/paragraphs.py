"""The lines of documents, hashed as CCNet hashes them."""

import numpy as np
import polars as pl

from datastd.bits import HIGH, ONES, SPACES, below, eight, lowered, lowest, put_eight
from datastd.measures import helper, kernel, measure
from datastd.measures.text import Utf8, pieces
from datastd.measures.text.normal import (
    CHANGES,
    DIGIT,
    FINAL_SIGMA,
    MOST,
    PARTS,
    SHIFT,
    SIGMA,
    ZERO,
    Hashes,
    Kinds,
    bits_of,
    is_final,
    mixed,
    tabled,
)
from datastd.measures.text.pieces import Bytes, Pieces, code_point, stripped
from datastd.measures.text.ten_characters import slots
from datastd.model import Level
from datastd.waiting import once

DROPPED = frozenset("，。、„”“«»１」「《》´∶：？！（）；–—．～’…━〈〉【】％►") | {
    chr(point) for point in (*range(32), *range(127, 160))
}
"""CCNet's ``PUNCT_OR_NON_PRINTING_CHARS_RE``: punctuation that is not of ASCII, and controls."""


_DIGIT, _PAST_DIGIT = ONES * np.uint64(0x80 - 0x30), ONES * np.uint64(0x80 - 0x3A)
"""What takes a byte of ASCII past 0x7F that is no less than a zero, or than what follows a nine."""


@measure("L397", "doc-paragraphs", unit="paragraphs", level=Level.WARN)
def paragraphs(utf8: Utf8) -> pl.DataFrame:
    r"""
    A hash of 64 bits of every paragraph of each document: a table of its own.

    A paragraph is what ``split("\n")`` leaves, stripped, in lower case, each digit a zero,
    without the punctuation that is not of ASCII, and without control characters. Columns
    ``row``; ``at``, the number of the line, from 0; and ``paragraph``. One that a document
    repeats is there once, and one of which nothing is left is not.

    Why it matters:
        Footers, menus and licences are in more documents than any text.

    Remedy:
        None: it is compared, and not judged.

    Source:
        CCNet's ``normalize_for_dedup`` (Wenzek et al. 2020), of which the first 8 bytes of
        the SHA-1 are taken there: what is equal is the same.
    """
    lines = pieces.lines(*utf8, pieces.FEED)
    hashes = _hashes(utf8.content, lines, _kinds())
    some = np.flatnonzero(hashes)
    row = np.repeat(np.arange(len(lines.offsets) - 1), np.diff(lines.offsets))[some]
    return pl.DataFrame({"row": row, "at": some - lines.offsets[row], "paragraph": hashes[some]})


@once
def _kinds() -> Kinds:
    """What CCNet makes of each code point; those that it drops have the bit `PARTS`."""

    def kind(letter: str) -> tuple[int, bytes]:
        left = letter.lower()
        return bits_of(letter, left, parts=letter in DROPPED), left.encode()

    return tabled(kind)


@kernel
def _hashes(content: Bytes, lines: Pieces, table: Kinds) -> Hashes:
    """The hash of what is left of each line; 0 where nothing is, or what the text had before."""
    found = np.zeros(len(lines.start), np.uint64)
    longest, most = 0, 0
    for n in range(len(found)):
        longest = max(longest, int(lines.stop[n]) - int(lines.start[n]))
    for text in range(len(lines.offsets) - 1):
        most = max(most, lines.offsets[text + 1] - lines.offsets[text])
    left = np.empty(2 * longest + 16, np.uint8)  # two bytes that become three are the worst
    seen = np.empty(slots(most), np.uint64)
    for text in range(len(lines.offsets) - 1):
        size = slots(lines.offsets[text + 1] - lines.offsets[text])
        seen[:size] = 0
        for n in range(lines.offsets[text], lines.offsets[text + 1]):
            used = _left(content, lines.start[n], lines.stop[n], table, left)
            if used:
                value = max(_hashed(left, used), np.uint64(1))
                slot = value & np.uint64(size - 1)
                while seen[slot] and seen[slot] != value:
                    slot = (slot + np.uint64(1)) & np.uint64(size - 1)
                if not seen[slot]:
                    seen[slot] = found[n] = value
    return found


@helper
def _left(content: Bytes, start: int, stop: int, table: Kinds, left: Bytes) -> int:
    """Write what is *left* of a line; say of how many bytes."""
    begin, stop = stripped(content, start, stop)
    at, used = begin, 0
    while at < stop:
        if at + 8 <= len(content):
            block = eight(content, at)
            odd = below(block, SPACES) | (block + ONES) & HIGH  # what is no printable ASCII
            plain = min(lowest(odd) if odd else 8, stop - at)
            if plain:  # the rest is written over
                put_eight(left, used, _zeroed(lowered(block)))
                at, used = at + plain, used + plain
                continue
        here = at
        point, at = code_point(content, here)
        kind = table.kinds[point]
        if kind & DIGIT:
            left[used] = ZERO
            used += 1
        elif kind & CHANGES:
            its, size = table.places[point] >> SHIFT, table.places[point] & MOST
            for place in range(its, its + size):
                left[used] = table.content[place]
                used += 1
            if point == SIGMA and is_final(content, begin, here, stop, table.kinds):
                left[used - 1] = FINAL_SIGMA
        elif not kind & PARTS:
            for place in range(here, at):
                left[used] = content[place]
                used += 1
    return used


@helper
def _zeroed(block: np.uint64) -> np.uint64:
    """Eight bytes of ASCII with a zero for each digit."""
    digit = (block + _DIGIT) & ~(block + _PAST_DIGIT) & HIGH
    return np.uint64(block & ~((digit >> np.uint64(7)) * np.uint64(0x0F)))


@helper
def _hashed(left: Bytes, used: int) -> np.uint64:
    """A hash of some bytes, behind which there is room for eight more."""
    value = np.uint64(used)
    put_eight(left, used, np.uint64(0))
    for place in range(0, used, 8):
        value = mixed(value ^ eight(left, place))
    return value
