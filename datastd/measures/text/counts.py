"""What is counted in the words and lines of each text."""

from typing import Any

import numpy as np

from datastd.measures import helper, kernel
from datastd.measures.text.pieces import (
    ALPHABETIC,
    TERMINAL,
    WORD,
    Bytes,
    Numbers,
    Pieces,
    code_point,
    is_blank,
    is_repeated,
    is_space,
    rest,
    seen_pieces,
)

STOPS = ("the", "be", "to", "of", "and", "that", "have", "with")
"""Rae et al. 2021, A1.1."""

SHORT_LINE = 30
"""Code points up to which a line is short, for FineWeb."""

_TELLS, _APART = np.uint64(513), np.uint64(18)  # letters times the one have three bits there
_LETTERS = [int.from_bytes(word.encode(), "little") for word in STOPS]
_STOPS = np.zeros(len(STOPS), np.uint64)  # that tell a stop word from each other one
_STOPS[[letters * int(_TELLS) >> int(_APART) & 7 for letters in _LETTERS]] = _LETTERS
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
        said, characters, alphabetic, stops = 0, 0, 0, 0
        for word in range(words.offsets[n], words.offsets[n + 1]):
            at, stop = words.start[word], words.stop[word]
            kinds = classes[content[at]] if content[at] < 0x80 else classes[0]
            while at < stop and not kinds & ALPHABETIC:
                point, at = code_point(content, at)
                kinds |= classes[point]
            if kinds & WORD:
                said += 1
                characters += words.length[word]
            alphabetic += kinds & ALPHABETIC
            at = words.start[word]
            if 2 <= stop - at <= 4:
                stops |= _stop(content, at, stop)
        for bit in range(8):
            found[n, 3] += stops >> bit & 1
        found[n, 0], found[n, 1], found[n, 2] = said, characters, alphabetic
        found[n, 4] = words.offsets[n + 1] - words.offsets[n]
    return found


@helper
def _stop(content: Bytes, start: int, stop: int) -> int:
    """The stop word that this is, as a bit; 0 for none."""
    letters = rest(content, start, stop - start)
    one = letters * _TELLS >> _APART & np.uint64(7)
    return int(letters == _STOPS[one]) << int(one)


@kernel
def between_spaces(content: Bytes, offsets: Numbers) -> Numbers:
    """Words of each text that white space parts, `str.split`; shape (N,)."""
    found = np.zeros(len(offsets) - 1, np.int64)
    for n in range(len(found)):
        at, inside = offsets[n], False
        while at < offsets[n + 1]:
            point, at = code_point(content, at)
            space = is_space(point)
            found[n] += not (space or inside)
            inside = not space
    return found


@kernel
def marks(content: Bytes, offsets: Numbers) -> Numbers:
    """Number signs of each text, and ellipses: U+2026, and each three dots; shape (N, 2)."""
    found = np.zeros((len(offsets) - 1, 2), np.int64)
    for n in range(len(found)):
        text = content[offsets[n] : offsets[n + 1]]
        signs, pairs, characters = False, False, False
        for at in range(np.uint64(2), np.uint64(len(text))):  # many are compared at once
            one, two, three = text[at - np.uint64(2)], text[at - np.uint64(1)], text[at]
            signs |= three == _HASH
            pairs |= (two == _DOT) & (three == _DOT)
            characters |= (one == 0xE2) & (two == 0x80) & (three == 0xA6)
        if signs or _HASH in text[:2]:
            for byte in text:
                found[n, 0] += byte == _HASH
        dots = 0
        for byte in text if pairs else text[:0]:
            dots = dots + 1 if byte == _DOT else 0
            if dots == 3:
                found[n, 1] += 1
                dots = 0
        for at in range(len(text) - 2 if characters else 0):
            found[n, 1] += text[at] == 0xE2 and text[at + 1] == 0x80 and text[at + 2] == 0xA6
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


@kernel
def in_feeds(content: Bytes, lines: Pieces, classes: Bytes) -> Any:  # noqa: ANN401
    r"""
    Count lines of each text, parted by a line feed; shape (N, 7).

    As FineWeb does, those that are not blank: all; those that end in `TERMINAL`; of up to
    `SHORT_LINE`; code points of those that repeat an earlier one.  Then as Gopher does, where
    line feeds in a row part as one, ``re.split("\n+", text)``: all; those that repeat an
    earlier one; their code points.
    """
    found = np.zeros((len(lines.offsets) - 1, 7), np.int64)
    seen = seen_pieces(lines)
    for n in range(len(found)):
        first, last = lines.offsets[n], lines.offsets[n + 1] - 1
        empty = 0  # of what is before the first line feed and behind the last
        for line in range(first, last + 1):
            start, stop = int(lines.start[line]), int(lines.stop[line])
            if start == stop:
                empty += line in (first, last)
                continue
            repeats = is_repeated(content, lines, n, line, seen)
            found[n, 4] += 1
            found[n, 5] += repeats
            found[n, 6] += lines.length[line] * repeats
            if is_blank(content, start, stop):
                continue
            end = stop - 1
            while content[end] & 0xC0 == 0x80:
                end -= 1
            found[n, 0] += 1
            found[n, 1] += classes[code_point(content, end)[0]] & TERMINAL > 0
            found[n, 2] += lines.length[line] <= SHORT_LINE
            found[n, 3] += lines.length[line] * repeats
        found[n, 4] += empty
        found[n, 5] += empty == 2
    return found
