"""Where code points are in UTF-8: marks, and what is found by them."""

import unicodedata
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.kernels import helper, kernel
from datastd.measures.text.pieces import code_point

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

POINTS, UNITS, BYTES = range(3)
"""What an offset counts: code points, code units of UTF-16, or bytes of UTF-8."""

_STEP = 6  # bits: a mark every 64 code points
_ASTRAL = 0xF0  # the first byte of what UTF-16 writes as a pair begins here
_CONTINUES, _ASCII = 0xC0, 0x80


class Marks(NamedTuple):
    """
    Marks in texts.

    Attributes:
        first: The number of the first mark of each text, and of all at the end; shape (N + 1,).
        at: The byte of each, from the beginning of its text.
        units: The code units of UTF-16 before it.
        points: The code points of each text; shape (N,).
    """

    first: Numbers
    at: Numbers
    units: Numbers
    points: Numbers


@kernel
def marked(content: Bytes, offsets: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Set the marks of `Marks`."""
    count = len(offsets) - 1
    first, points = np.zeros(count + 1, np.int64), np.zeros(count, np.int64)
    for n in range(count):
        total = 0
        for at in range(offsets[n], offsets[n + 1]):
            total += (content[at] & _CONTINUES) != _ASCII
        points[n] = total
        first[n + 1] = first[n] + (total >> _STEP) + 1
    where, units = np.zeros(first[count], np.int64), np.zeros(first[count], np.int64)
    for n in range(count):
        point, unit, mark = 0, 0, first[n]
        for at in range(offsets[n], offsets[n + 1]):
            byte = content[at]
            if (byte & _CONTINUES) == _ASCII:
                continue
            if not point & ((1 << _STEP) - 1):
                where[mark], units[mark] = at - offsets[n], unit
                mark += 1
            point += 1
            unit += 2 if byte >= _ASTRAL else 1
        if not point & ((1 << _STEP) - 1):
            where[mark], units[mark] = offsets[n + 1] - offsets[n], unit
    return first, where, units, points


@helper
def width(byte: int) -> int:
    """Bytes of the character that begins with this one."""
    return 1 if byte < _ASCII else 2 if byte < 0xE0 else 3 if byte < _ASTRAL else 4  # noqa: PLR2004


@helper
def place(  # noqa: PLR0913, PLR0917
    content: Bytes, offsets: Numbers, first: Numbers, where: Numbers, units: Numbers,
    points: Numbers, text: int, offset: int, unit: int,
) -> int:  # fmt: skip
    """The byte of *content* at an offset of a text; -1 where it has none."""
    begin, stop = offsets[text], offsets[text + 1]
    if offset < 0:
        return -1
    if unit == BYTES or points[text] == stop - begin:  # of ASCII, all are the same
        at = begin + offset
        return at if at == stop or (at < stop and content[at] & _CONTINUES != _ASCII) else -1
    mark, left = first[text], offset
    if unit == POINTS:
        if offset > points[text]:
            return -1
        mark += offset >> _STEP
        left -= (offset >> _STEP) << _STEP
    else:
        low, high = first[text], first[text + 1]
        while high - low > 1:
            middle = (low + high) // 2
            if units[middle] <= offset:
                low = middle
            else:
                high = middle
        mark, left = low, offset - units[low]
    at = begin + where[mark]
    while left > 0 and at < stop:
        left -= 2 if unit == UNITS and content[at] >= _ASTRAL else 1
        at += width(content[at])
    return at if left == 0 else -1


@kernel
def held(  # noqa: PLR0913, PLR0917
    content: Bytes, offsets: Numbers, first: Numbers, where: Numbers, units: Numbers,
    points: Numbers, which: Numbers, spans: Bytes, ends: Numbers, start: Numbers, unit: int,
) -> Flags:  # fmt: skip
    """Whether each span stands in its text at an offset that counts *unit*."""
    found = np.zeros(len(which), np.bool_)
    for row in range(len(which)):
        at = place(
            content, offsets, first, where, units, points, which[row], start[row], unit
        )  # fmt: skip
        length = ends[row + 1] - ends[row]
        if at < 0 or at + length > offsets[which[row] + 1]:
            continue
        same = 0
        while same < length and content[at + same] == spans[ends[row] + same]:
            same += 1
        found[row] = same == length
    return found


@kernel
def lengths(content: Bytes, offsets: Numbers) -> Numbers:
    """Code points of each text."""
    found = np.zeros(len(offsets) - 1, np.int64)
    for row in range(len(found)):
        for at in range(offsets[row], offsets[row + 1]):
            found[row] += (content[at] & _CONTINUES) != _ASCII
    return found


def is_of_word(letter: str) -> bool:
    """Say whether a character is a letter or a digit, or a mark that combines with one."""
    return letter.isalnum() or unicodedata.category(letter) in {"Mn", "Mc"}


@kernel
def cut(  # noqa: PLR0913, PLR0917
    content: Bytes, offsets: Numbers, first: Numbers, where: Numbers, units: Numbers,
    points: Numbers, which: Numbers, ends: Numbers, start: Numbers, is_part: Flags,
) -> Flags:  # fmt: skip
    """Whether each span, which stands where it says, begins or ends inside of a word."""
    found = np.zeros(len(which), np.bool_)
    for row in range(len(which)):
        at = place(
            content, offsets, first, where, units, points, which[row], start[row], POINTS
        )  # fmt: skip
        stop = at + ends[row + 1] - ends[row]
        begin, end = offsets[which[row]], offsets[which[row] + 1]
        if at < 0 or stop > end or at == stop:
            continue
        if at > begin:
            before = at - 1
            while content[before] & _CONTINUES == _ASCII:
                before -= 1
            found[row] = (
                is_part[code_point(content, before)[0]] and (is_part[code_point(content, at)[0]])
            )
        if stop < end and not found[row]:
            last = stop - 1
            while content[last] & _CONTINUES == _ASCII:
                last -= 1
            found[row] = (
                is_part[code_point(content, stop)[0]] and (is_part[code_point(content, last)[0]])
            )
    return found
