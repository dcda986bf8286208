"""Bytes of a text looked at eight and sixty-four at a time, as bits of a number."""

import numpy as np
from numpy.typing import NDArray

from datastd.kernels import helper

ONES, HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
SPACES, SEEN = np.uint64(0x2020202020202020), np.uint64(0x2121212121212121)

FIRST = np.array([(1 << 8 * length) - 1 for length in range(9)], np.uint64)
"""Of a number of eight bytes those of so many that are the first, by their number."""

BLOCK = 64
"""Bytes of which one number says what they are."""

EVERY, NONE, _ONE = ~np.uint64(0), np.uint64(0), np.uint64(1)
_GATHER = np.uint64(0x0102040810204080)  # brings eight bits together, one of each byte


def _from(byte: int) -> np.uint64:
    """What added to each of eight bytes of ASCII sets the highest bit of those that are no less."""
    return np.uint64((0x80 - byte) * int(ONES))


_TAB, _BEHIND_RETURN, _FILE, _BEHIND_SPACE = _from(9), _from(14), _from(28), _from(33)
_A, _BEHIND_Z, _CAPITAL_A, _BEHIND_CAPITAL_Z = _from(0x61), _from(0x7B), _from(0x41), _from(0x5B)


@helper
def eight(content: NDArray[np.uint8], at: int) -> np.uint64:
    """Eight bytes as a number, the first one lowest; compiled, they are one load."""
    here = np.uint64(at)  # what cannot be negative is not asked whether it is
    found = np.uint64(content[here])
    for n in range(1, 8):
        found |= np.uint64(content[here + np.uint64(n)]) << np.uint64(8 * n)
    return found


@helper
def put_eight(content: NDArray[np.uint8], at: int, eight: np.uint64) -> None:
    """Write eight bytes, the lowest first; compiled, they are one store."""
    here = np.uint64(at)
    for n in range(8):
        content[here + np.uint64(n)] = np.uint8(eight >> np.uint64(8 * n))


@helper
def letters(eight: np.uint64) -> int:
    """How many of eight bytes are letters of ASCII, before the first that is none."""
    low = (eight | SPACES) & ~HIGH
    return first((eight | ~(low + _A) | low + _BEHIND_Z) & HIGH) >> 3


@helper
def lowered(eight: np.uint64) -> np.uint64:
    """Eight bytes of ASCII with small letters for capitals."""
    return eight | ((eight + _CAPITAL_A) & ~(eight + _BEHIND_CAPITAL_Z) & HIGH) >> np.uint64(2)


@helper
def below(eight: np.uint64, byte: np.uint64) -> np.uint64:
    """
    Of eight bytes the highest bit of each that is less than a byte, or is not ASCII.

    *byte* stands eight times in its number.  The lowest bit is right; those above it need
    not be.
    """
    return (eight | (eight - byte)) & HIGH


@helper
def equal(eight: np.uint64, byte: np.uint64) -> np.uint64:
    """Of eight bytes the highest bit of each that is a byte: of them the lowest is right."""
    other = eight ^ byte
    return (other - ONES) & ~other & HIGH


@helper
def lowest(bits: np.uint64) -> int:
    """Which of eight bytes is the first with its highest bit set."""
    ones = ((bits & (~bits + _ONE)) - _ONE) & ONES
    return int(np.int64((ones * ONES) >> np.uint64(56))) - 1


@helper
def is_printable(eight: np.uint64) -> bool:
    """Say whether eight bytes are of ASCII and no control characters."""
    return bool((below(eight, SPACES) | (eight + ONES) & HIGH) == 0)


@helper
def times(eight: np.uint64, byte: np.uint64) -> int:
    """How often a byte is among eight of ASCII; it stands eight times in its number."""
    other = ((eight ^ byte) + ~HIGH) & HIGH
    return 8 - int(np.int64(((other >> np.uint64(7)) * ONES) >> np.uint64(56)))


@helper
def many(bits: np.uint64) -> int:
    """How many bits are set; compiled, it is one instruction."""
    bits -= bits >> _ONE & np.uint64(0x5555555555555555)
    pairs = np.uint64(0x3333333333333333)
    bits = (bits & pairs) + (bits >> np.uint64(2) & pairs)
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int(np.int64(bits * ONES >> np.uint64(56)))


@helper
def first(bits: np.uint64) -> int:
    """Which bit is the lowest that is set; compiled, it is one instruction."""
    return many(~bits & (bits - _ONE))


@helper
def upto(count: int) -> np.uint64:
    """A number with so many of its lowest bits set; of 64 at most."""
    return EVERY if count >= BLOCK else (_ONE << np.uint64(count)) - _ONE


@helper
def gathered(high: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes, as the eight lowest bits."""
    return (high >> np.uint64(7)) * _GATHER >> np.uint64(56)


@helper
def _eight(content: NDArray[np.uint8], at: int) -> np.uint64:
    """Eight bytes as a number, with zeros behind the last."""
    if at + 8 <= len(content):
        return eight(content, at)
    found = NONE
    for n in range(len(content) - at):
        found |= np.uint64(content[at + n]) << np.uint64(8 * n)
    return found


@helper
def blanks(content: NDArray[np.uint8], at: int) -> tuple[np.uint64, np.uint64]:
    """Which of 64 bytes are white space of ASCII, and which are not of ASCII."""
    blank, wide = NONE, NONE
    for n in range(8):
        block = _eight(content, at + 8 * n)
        low = block & ~HIGH
        is_blank = (low + _TAB) & ~(low + _BEHIND_RETURN) | (low + _FILE) & ~(low + _BEHIND_SPACE)
        blank |= gathered(is_blank & HIGH & ~block) << np.uint64(8 * n)
        wide |= gathered(block & HIGH) << np.uint64(8 * n)
    return blank, wide
