"""What is counted in the words and lines of each text."""

from typing import Any

import numpy as np
from numba.extending import register_jitable

from datastd.measures import kernel
from datastd.measures.text.pieces import (
    ALPHABETIC,
    WORD,
    Bytes,
    Numbers,
    Pieces,
    code_point,
    is_space,
)

STOPS = ("the", "be", "to", "of", "and", "that", "have", "with")
"""Rae et al. 2021, A1.1."""

_STOPS = np.frombuffer("".join(word.ljust(4, "\0") for word in STOPS).encode(), np.uint8)
_HASH, _DOT, _HYPHEN = 0x23, 0x2E, 0x2D
_ELLIPSIS, _BULLET = 0x2026, 0x2022


@kernel
def in_words(content: Bytes, words: Pieces, classes: Bytes) -> Numbers:
    """
    Count words of each text; shape (N, 5).

    Those with a letter or digit, their code points, those with a letter, those of `STOPS`
    that are there, and all.
    """
    found = np.zeros((len(words.offsets) - 1, 5), np.int64)
    for n in range(len(found)):
        stops = 0
        for word in range(words.offsets[n], words.offsets[n + 1]):
            kinds, at, stop = np.uint8(0), words.start[word], words.stop[word]
            while at < stop and not kinds & ALPHABETIC:
                point, at = code_point(content, at)
                kinds |= classes[point] & WORD
            if kinds:
                found[n, 0] += 1
                found[n, 1] += words.length[word]
            found[n, 2] += kinds & ALPHABETIC
            if words.length[word] <= 4:
                stops |= _stop(content, words.start[word], stop)
        for bit in range(8):
            found[n, 3] += stops >> bit & 1
        found[n, 4] = words.offsets[n + 1] - words.offsets[n]
    return found


@register_jitable
def _stop(content: Bytes, start: int, stop: int) -> int:
    """The stop word that this is, as a bit."""
    if stop - start > 4:
        return 0
    for one in range(8):
        equal = True
        for place in range(4):
            byte = content[start + place] if start + place < stop else 0
            equal = equal and byte == _STOPS[4 * one + place]
        if equal:
            return 1 << one
    return 0


@kernel
def marks(content: Bytes, offsets: Numbers) -> Numbers:
    """Number signs of each text, and ellipses: U+2026, and each three dots; shape (N, 2)."""
    found = np.zeros((len(offsets) - 1, 2), np.int64)
    for n in range(len(found)):
        dots = 0
        for at in range(offsets[n], offsets[n + 1]):
            byte = content[at]
            dots = dots + 1 if byte == _DOT else 0
            if dots == 3:
                found[n, 1] += 1
                dots = 0
            found[n, 0] += byte == _HASH
            if byte == 0xE2 and at + 2 < offsets[n + 1]:
                found[n, 1] += content[at + 1] == 0x80 and content[at + 2] == 0xA6
    return found


@kernel
def in_lines(content: Bytes, lines: Pieces) -> Any:  # noqa: ANN401
    """Count lines of each text: that begin with a bullet, end in an ellipsis, and all; (N, 3)."""
    found = np.zeros((len(lines.offsets) - 1, 3), np.int64)
    for n in range(len(found)):
        for line in range(lines.offsets[n], lines.offsets[n + 1]):
            at, stop = lines.start[line], lines.stop[line]
            first = 0
            while at < stop:
                first, at = code_point(content, at)
                if not is_space(first):
                    break
            found[n, 0] += first in (_BULLET, _HYPHEN)
            last, after = 0, stop
            while after > lines.start[line]:
                here = after - 1
                while content[here] & 0xC0 == 0x80:
                    here -= 1
                last, _ = code_point(content, here)
                if not is_space(last):
                    break
                after = here
            dots = after - lines.start[line] >= 3
            for place in range(1, 4):
                dots = dots and content[after - place] == _DOT
            found[n, 1] += last == _ELLIPSIS or dots
        found[n, 2] = lines.offsets[n + 1] - lines.offsets[n]
    return found
