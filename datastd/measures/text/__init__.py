"""
Instruments for documents, and the intermediates that they share.

A batch of texts is one run of UTF-8 and where each text begins in it; kernels go
through the bytes, and no document becomes a Python string.
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.measures import kernel

Counts: TypeAlias = NDArray[np.int64]  # (N,)
Floats: TypeAlias = NDArray[np.float64]  # (N,)


class Utf8(NamedTuple):
    """
    Texts as bytes.

    Attributes:
        content: All of them, one after the other, uint8.
        offsets: Where each begins, and where the last ends; shape (N + 1,), int64.
    """

    content: NDArray[np.uint8]
    offsets: NDArray[np.int64]


class Characters(NamedTuple):
    """
    How many characters of which kind are in each text; shape (N,) each.

    Attributes:
        all: Code points.
        visible: Those that `str.strip` would leave at either end.
        replacement: U+FFFD.
        control: U+0000 to U+0008, U+000B, U+000E to U+001F, U+007F, U+206A to U+206F,
            U+FEFF, U+FFF9 to U+FFFC: those that ftfy removes.
        c1: U+0080 to U+009F.
        bidi: U+202A to U+202E, U+2066 to U+2069.
    """

    all: Counts
    visible: Counts
    replacement: Counts
    control: Counts
    c1: Counts
    bidi: Counts


def utf8(text: pl.Series) -> Utf8:
    """The bytes of texts; a null has none."""
    array = text.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, content = array.buffers()
    numbers = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(text) + 1]
    bytes_ = np.frombuffer(content, np.uint8) if content else np.zeros(0, np.uint8)
    return Utf8(bytes_, numbers)


def characters(utf8: Utf8) -> Characters:
    """Count the kinds of characters in each text."""
    return Characters(*_characters(*utf8).T)


@register_jitable
def code_point(content: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """The code point at a byte of sound UTF-8, and where the next one begins."""
    first = np.int64(content[at])
    if first < 0x80:
        return int(first), at + 1
    if first < 0xE0:
        return int((first & 0x1F) << 6 | (content[at + 1] & 0x3F)), at + 2
    if first < 0xF0:
        low = np.int64(content[at + 1] & 0x3F) << 6 | (content[at + 2] & 0x3F)
        return int((first & 0x0F) << 12 | low), at + 3
    low = np.int64(content[at + 1] & 0x3F) << 12 | np.int64(content[at + 2] & 0x3F) << 6
    return int((first & 0x07) << 18 | low | (content[at + 3] & 0x3F)), at + 4


@register_jitable
def is_space(point: int) -> bool:
    """Say whether Python's `str.isspace` calls the character one."""
    if point < 0x80:
        return 9 <= point <= 13 or 28 <= point <= 32
    if point < 0x2000:
        return point in (0x85, 0xA0, 0x1680)
    return point <= 0x200A or point in (0x2028, 0x2029, 0x202F, 0x205F, 0x3000)


@register_jitable
def _is_control(point: int) -> bool:
    if point < 0x80:
        return point <= 8 or point == 11 or 14 <= point <= 31 or point == 0x7F
    return 0x206A <= point <= 0x206F or point == 0xFEFF or 0xFFF9 <= point <= 0xFFFC


@kernel
def _characters(content: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Any:  # noqa: ANN401
    counts = np.zeros((len(offsets) - 1, 6), np.int64)
    for n in range(len(counts)):
        at, stop = offsets[n], offsets[n + 1]
        every, space, replacement, control, c1, bidi = 0, 0, 0, 0, 0, 0
        while at < stop:
            if 0x20 < content[at] < 0x7F:  # most of most texts
                at += 1
                every += 1
                continue
            point, at = code_point(content, at)
            every += 1
            space += is_space(point)
            control += _is_control(point)
            replacement += point == 0xFFFD
            c1 += 0x80 <= point <= 0x9F
            bidi += 0x202A <= point <= 0x202E or 0x2066 <= point <= 0x2069
        counts[n] = every, every - space, replacement, control, c1, bidi
    return counts
