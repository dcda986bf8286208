"""How many characters of each text are of which kind, by one table and in one pass."""

import string
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.measures import kernel
from datastd.measures.text.pieces import Bytes, Numbers, code_point
from datastd.waiting import once

PLAIN, DECIMAL, BLANK, BRACKET, LETTER, ALPHANUMERIC = (1 << n for n in range(6))
"""Bits of `table`, as `Kinds` explains them."""

_PLAIN = string.ascii_letters + string.digits + "\n?!,."
_BLANK = "\t\n\r\b "
_BRACKET = "{}⟨⟩[]()"
BEYOND = 0x40000
"""From here on Unicode has marks that choose a variant, private use, and nothing else."""


class Kinds(NamedTuple):
    r"""
    How many characters of which kind are in each text; shape (N,) each.

    Attributes:
        plain: Letters and digits of ASCII, line feeds, and ``?!,.``.
        decimal: Digits of any script (`str.isdecimal`).
        blank: Space, tab, line feed, carriage return and backspace.
        brackets: One of ``{}⟨⟩[]()``.
        letters: Letters, and the marks that they bear: categories L and M of Unicode.
        alphanumeric: Those for which `str.isalnum` holds.
    """

    plain: NDArray[np.int64]
    decimal: NDArray[np.int64]
    blank: NDArray[np.int64]
    brackets: NDArray[np.int64]
    letters: NDArray[np.int64]
    alphanumeric: NDArray[np.int64]


@once
def table() -> Bytes:
    """Of every code point, the kinds that it is of; shape (1114112,)."""
    every = [chr(point) for point in range(BEYOND)]
    of: dict[int, Callable[[str], bool]] = {
        LETTER: lambda one: unicodedata.category(one)[0] in "LM",
        DECIMAL: str.isdecimal,
        ALPHANUMERIC: str.isalnum,
        PLAIN: _PLAIN.__contains__,
        BLANK: _BLANK.__contains__,
        BRACKET: _BRACKET.__contains__,
    }
    found = np.zeros(0x110000, np.uint8)
    for bit, holds in of.items():
        found[:BEYOND] |= np.array([*map(holds, every)]) * np.uint8(bit)
    found[0xE0100:0xE01F0] = LETTER  # what chooses a variant is a mark
    return found


@kernel
def count(content: Bytes, offsets: Numbers, table: Bytes) -> Numbers:
    """Count the characters of each kind; shape (N, 6), in the order of `Kinds`."""
    many = 6
    found = np.zeros((len(offsets) - 1, many), np.int64)
    spread = np.zeros(1 << many, np.uint64)  # what a character adds: one byte for each kind
    for bits in range(len(spread)):
        for kind in range(many):
            spread[bits] |= np.uint64(bits >> kind & 1) << np.uint64(8 * kind)
    for n in range(len(found)):
        at, stop = offsets[n], offsets[n + 1]
        while at < stop:
            packed, left = np.uint64(0), 255  # as many as a byte can count
            while at < stop and left:
                if content[at] < 0x80:
                    packed += spread[table[content[at]]]
                    at += 1
                else:
                    point, at = code_point(content, at)
                    packed += spread[table[point]]
                left -= 1
            for kind in range(many):
                found[n, kind] += np.int64(packed >> np.uint64(8 * kind) & np.uint64(0xFF))
    return found
