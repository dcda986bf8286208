"""The lines of documents, hashed as CCNet hashes them."""

import functools

import numpy as np
import polars as pl

from datastd.measures import kernel, measure
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
from datastd.measures.text.pieces import Bytes, Pieces, code_point, keyed, stripped
from datastd.model import Level

DROPPED = frozenset("，。、„”“«»１」「《》´∶：？！（）；–—．～’…━〈〉【】％►") | {
    chr(point) for point in (*range(32), *range(127, 160))
}
"""CCNet's ``PUNCT_OR_NON_PRINTING_CHARS_RE``: punctuation that is not of ASCII, and controls."""


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
    counts = np.diff(lines.offsets)
    row = np.repeat(np.arange(len(counts)), counts)
    longest = (lines.stop - lines.start).max(initial=0)
    left = np.empty(2 * longest, np.uint8)  # two bytes that become three are the worst
    table = pl.DataFrame(
        {
            "row": row,
            "at": np.arange(len(row)) - lines.offsets[row],
            "paragraph": _hashes(utf8.content, lines, _kinds(), left),
        }
    )
    some = table.filter(pl.col("paragraph") > 0)
    return some.unique(["row", "paragraph"], keep="first", maintain_order=True)


@functools.cache
def _kinds() -> Kinds:
    """What CCNet makes of each code point; those that it drops have the bit `PARTS`."""

    def kind(letter: str) -> tuple[int, bytes]:
        left = letter.lower()
        return bits_of(letter, left, parts=letter in DROPPED), left.encode()

    return tabled(kind)


@kernel
def _hashes(content: Bytes, lines: Pieces, table: Kinds, left: Bytes) -> Hashes:
    """The hash of what is *left* of each line; 0 where nothing is."""
    kinds, changes, changed = table
    found = np.zeros(len(lines.start), np.uint64)
    for n in range(len(found)):
        begin, stop = stripped(content, lines.start[n], lines.stop[n])
        at, used = begin, 0
        while at < stop:
            here = at
            point, at = code_point(content, here)
            kind = kinds[point]
            if kind & DIGIT:
                left[used] = ZERO
                used += 1
            elif kind & CHANGES:
                its, size = changes[point] >> SHIFT, changes[point] & MOST
                for place in range(its, its + size):
                    left[used] = changed[place]
                    used += 1
                if point == SIGMA and is_final(content, begin, here, stop, kinds):
                    left[used - 1] = FINAL_SIGMA
            elif not kind & PARTS:
                for place in range(here, at):
                    left[used] = content[place]
                    used += 1
        if used:
            found[n] = max(mixed(keyed(left, 0, used)), np.uint64(1))
    return found
