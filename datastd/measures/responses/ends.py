"""How texts begin and end: white space, marks that end a sentence, fences of code."""

import unicodedata
from typing import Any

import numpy as np
import polars as pl

from datastd.answers import LEADS, OPEN_FENCE, TRAILS, UNENDED
from datastd.bits import ONES, eight, equal, lowest
from datastd.measures import helper, kernel
from datastd.measures.text import Utf8, pieces, utf8
from datastd.measures.text.pieces import TERMINAL, Bytes, Numbers, code_point, stripped
from datastd.measures.text.unseen import is_blank
from datastd.waiting import once

FENCE, MARK = "```", ord("`")
BLANK = 1 << 7
"""Beside the bits of `datastd.answers`: nothing is seen of it (`unseen.is_blank`)."""

_CLOSING = {"Pe", "Pf", "So"}  # brackets, quotes, and faces that smile
_ENDING = "…:\"'`*_~>|"  # of them the last ones are Markdown's and HTML's


_MARKS = np.uint64(MARK) * ONES


@once
def _ends() -> Bytes:
    """Of every code point, whether a text may end in it; shape (1114112,)."""
    found = (pieces.classes() & TERMINAL > 0).astype(np.uint8)
    every = [chr(point) for point in range(0x40000)]
    found[:0x40000] |= np.array([unicodedata.category(one) in _CLOSING for one in every])
    found[[ord(one) for one in _ENDING]] = 1
    return found


def ends(texts: Utf8, text: pl.Series) -> Numbers:
    """The bits of `datastd.answers`, and `BLANK`, of each text; shape (N,), int64."""
    found: Numbers = _found(*texts, _ends())
    fenced = text.str.contains(FENCE, literal=True).fill_null(value=False).arg_true()
    if len(fenced):
        rows = fenced.to_numpy()
        is_open = _open(*utf8(text.gather(fenced)))
        found[rows] = found[rows] | OPEN_FENCE * is_open
    return found


@kernel
def _found(content: Bytes, offsets: Numbers, ends: Bytes) -> Any:  # noqa: ANN401
    found = np.zeros(len(offsets) - 1, np.int64)
    for n in range(len(found)):
        begin, end = offsets[n], offsets[n + 1]
        start, stop = stripped(content, begin, end)
        found[n] = LEADS * (start > begin) | TRAILS * (stop < end)
        if is_blank(content, start, stop):
            found[n] = BLANK
            continue
        last = stop - 1
        while content[last] & 0xC0 == 0x80:
            last -= 1
        if not ends[code_point(content, last)[0]]:
            found[n] |= UNENDED
    return found


@helper
def _mark(content: Bytes, at: int, stop: int) -> int:
    """Where the next backtick is."""
    while at + 8 <= stop:
        bits = equal(eight(content, at), _MARKS)
        if bits:
            return at + lowest(bits)
        at += 8
    while at < stop and content[at] != MARK:
        at += 1
    return at


@helper
def _begins(content: Bytes, begin: int, at: int) -> bool:
    """Say whether a line begins here, but for white space and the marks of a quotation."""
    while at > begin and content[at - 1] in (0x20, 0x09, 0x3E):
        at -= 1
    return at == begin or content[at - 1] == 0x0A


@helper
def _alone(content: Bytes, at: int, stop: int) -> bool:
    """Say whether nothing but white space is left of a line."""
    while at < stop and content[at] in (0x20, 0x09, 0x0D):
        at += 1
    return at == stop or content[at] == 0x0A


@kernel
def _open(content: Bytes, offsets: Numbers) -> Any:  # noqa: ANN401
    """Say whether a fence of each text is open at its end; shape (N,)."""
    found = np.zeros(len(offsets) - 1, np.int64)
    for n in range(len(found)):
        begin, stop, within = offsets[n], offsets[n + 1], 0
        at = _mark(content, begin, stop)
        while at < stop:
            first = at
            while at < stop and content[at] == MARK:
                at += 1
            count, following = at - first, _mark(content, at, stop)
            if count >= len(FENCE) and _begins(content, begin, first):
                if within:
                    if count >= within and _alone(content, at, stop):
                        within = 0
                else:
                    behind = at
                    while behind < following and content[behind] != 0x0A:
                        behind += 1
                    # Where more of them are on its line, they are around what is on it.
                    within = count if behind < following or following == stop else 0
            at = following
        found[n] = within > 0
    return found
