"""
Words of texts as they are compared: in lower case, without marks, every number a zero.

What `datatrove.utils.text.simplify_text` makes of a text by its defaults, as words: lower
case; a run of digits, and one behind a decimal mark, is ``0``; punctuation and white space
part words; what is left is decomposed (NFD), and its marks (Mn) dropped.  Before all that
goes what nobody sees and datatrove keeps (`names.INVISIBLE`): a text cannot hide behind it.
Letters that only look alike, such as Cyrillic а and Latin a, are two: words written with others
are others.
"""

import unicodedata
from collections.abc import Callable
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.bits import SPACES, eight, letters, put_eight
from datastd.measures import helper, kernel
from datastd.measures.text.pieces import Bytes, Numbers, code_point, keyed
from datastd.names import INVISIBLE
from datastd.waiting import once

Hashes: TypeAlias = NDArray[np.uint64]

PUNCTUATION = frozenset(
    "!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»"
) | {chr(point) for point in (*range(9), 11, 12, *range(13, 32), *range(127, 160))}
"""datatrove's ``PUNCTUATION``; of ASCII, letters and digits are what it leaves."""

DECIMAL_MARKS = frozenset(".,،٫⎖⎗⎘")

PARTS, DIGIT, DECIMAL, CHANGES, CASED, IGNORED, HIDDEN = (1 << bit for bit in range(7))

SIGMA = 0x3A3
FINAL_SIGMA, ZERO = "ς".encode()[-1], 0x30  # the first byte of both forms is one
_CHANGING = (range(0x80, 0x20000), range(0x2F800, 0x2FA20), range(0xE0000, 0xE1000))
"""Where there are characters that are not simply kept."""

SHIFT, MOST = 5, (1 << 5) - 1  # of `Kinds.places`


class Normal(NamedTuple):
    """
    The words of texts as they are compared.

    A mark between two spaces is no word, and two spaces are one: ``" ".join`` of the words of
    a text is ``" ".join(simplify_text(text).split())``.  Marks that are no Mn stay as they
    follow each other, which in NFD 25 of them need not.

    Attributes:
        offsets: The first word of each text, and one more than the last; shape (N + 1,), int64.
        hashes: Of each word; shape (W,), uint64.  Equal words have equal ones.
        start: Where each begins in the texts as they are, in bytes of all; shape (W,), int64.
        stop: Where it ends there, behind its last mark.
        content: The words as UTF-8, those of a text with a space between two; uint8.
        places: Where each text begins in it, and where the last ends; shape (N + 1,), int64.
    """

    offsets: Numbers
    hashes: Hashes
    start: Numbers
    stop: Numbers
    content: Bytes
    places: Numbers


class Kinds(NamedTuple):
    """
    What becomes of each code point.

    Attributes:
        kinds: Of each, whether it `PARTS` words, is a `DIGIT` (Nd), a `DECIMAL` mark,
            `CHANGES`, and whether it is `CASED`, and `IGNORED` where an end of a word is
            looked for, and `HIDDEN` as if it were not there; shape (1114112,), uint8.
        places: Of those that change, where in *content* they are, and in the lowest five
            bits to how many bytes; shape (1114112,), int32.
        content: What they change to, UTF-8, uint8.
    """

    kinds: Bytes
    places: NDArray[np.int32]
    content: Bytes


def tabled(kind: Callable[[str], tuple[int, bytes]]) -> Kinds:
    """What becomes of each code point, by what *kind* says of a character: bits, and letters."""
    found, places = np.zeros(0x110000, np.uint8), np.zeros(0x110000, np.int32)
    content = bytearray()
    for point in chain(range(0x80), *_CHANGING):
        if 0xD800 <= point <= 0xDFFF:
            continue
        bits, letters = kind(chr(point))
        if bits & CHANGES:
            places[point] = len(content) << SHIFT | len(letters)
            content += letters
        found[point] = bits
    return Kinds(found, places, np.frombuffer(bytes(content), np.uint8))


def bits_of(letter: str, left: str, *, parts: bool) -> int:
    """The bits of a character that *left* is made of, and that perhaps parts words."""
    # A sigma shows what comes before it: the last one of a word has a form of its own.
    cased = (letter + "Σ").lower()[-1] == "ς"
    ignored = not cased and ("a" + letter + "Σ").lower()[-1] == "ς"
    digit = letter.isdecimal()  # １, which datatrove has among the marks, is one first
    return (
        PARTS * (parts and not digit)
        | DIGIT * digit
        | DECIMAL * (letter in DECIMAL_MARKS)
        | CHANGES * (left != letter)
        | CASED * cased
        | IGNORED * ignored
    )


@once
def kinds() -> Kinds:
    """What becomes of each code point, by this Python's Unicode."""

    def kind(letter: str) -> tuple[int, bytes]:
        apart = unicodedata.normalize("NFD", letter.lower())
        left = "".join(one for one in apart if unicodedata.category(one) != "Mn")
        parts = letter.isspace() or letter in PUNCTUATION
        hidden = HIDDEN * (letter in INVISIBLE)
        return bits_of(letter, left, parts=parts) | hidden, left.encode()

    return tabled(kind)


def normal(content: Bytes, offsets: Numbers) -> Normal:
    """Find the words of texts; see `Normal`."""
    table = kinds()
    words, bytes_ = _most(content[offsets[0] : offsets[-1]], len(offsets))
    firsts, places = np.zeros_like(offsets), np.zeros_like(offsets)
    hashes, kept = np.empty(words, np.uint64), np.empty((2, words), np.int64)
    simple = np.empty(bytes_, np.uint8)
    _normal(content, offsets, table, firsts, places, hashes, kept, simple)
    start, stop = kept[:, : firsts[-1]]
    return Normal(firsts, hashes[: firsts[-1]], start, stop, simple[: places[-1]], places)


def _most(content: Bytes, texts: int) -> tuple[int, int]:
    """As many words, and bytes of them, as there may be, and eight more that are written over."""
    wide = int(np.count_nonzero(content & 0x80))  # a syllable of Hangul becomes three letters
    return (len(content) + texts) // 2 + texts, len(content) + 2 * wide + texts + 8


@helper
def is_final(content: Bytes, begin: int, at: int, stop: int, kinds: Bytes) -> bool:
    """Say whether a sigma, two bytes, ends its word, as `str.lower` asks."""
    before = at
    while before > begin:
        before -= 1
        while content[before] & 0xC0 == 0x80:
            before -= 1
        kind = kinds[code_point(content, before)[0]]
        if not kind & IGNORED:
            if not kind & CASED:
                return False
            break
    else:
        return False
    at += 2
    while at < stop:
        point, at = code_point(content, at)
        kind = kinds[point]
        if not kind & IGNORED:
            return not kind & CASED
    return True


@helper
def mixed(value: Any) -> Any:  # noqa: ANN401  -- uint64, as numba has it
    """Spread what tells values apart over all bits: the end of MurmurHash3."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> np.uint64(33))


@helper
def _is_digit(content: Bytes, at: int, stop: int, kinds: Bytes) -> bool:
    """Say whether the next character that is seen is a digit."""
    while at < stop:
        point, at = code_point(content, at)
        if not kinds[point] & HIDDEN:
            return bool(kinds[point] & DIGIT)
    return False


@kernel
def _normal(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917  -- a call a letter takes 8 times as long
    content: Bytes, offsets: Numbers, table: Kinds, firsts: Numbers, places: Numbers,
    hashes: Hashes, kept: Numbers, simple: Bytes,
) -> None:  # fmt: skip
    kinds, changes, changed = table
    words, used = 0, 0
    for n in range(len(offsets) - 1):
        begin, stop = offsets[n], offsets[n + 1]
        at, start, end, first = begin, -1, -1, used
        whole, part = False, False  # in a number, before its decimal mark or behind it
        while at <= stop:
            if at + 8 <= stop:
                block = eight(content, at)
                count = letters(block)
                if count:  # as most of what is seen here
                    put_eight(simple, used, block | SPACES)
                    start, end = at if start < 0 else start, at + count
                    at, used, whole, part = at + count, used + count, False, False
                    continue
            here, point, kind = at, 0, np.uint8(PARTS)  # the end parts too
            at += 1
            if here < stop:
                point, at = code_point(content, here)
                kind = kinds[point]
            if kind & HIDDEN:
                continue
            if whole and kind & DECIMAL and _is_digit(content, at, stop, kinds):
                whole, part = False, True
            elif not kind & PARTS:
                start, end = here if start < 0 else start, at
                if not kind & DIGIT:
                    whole, part = False, False
                    if point < 0x80:  # a letter
                        simple[used] = point | 0x20
                        used += 1
                    elif not kind & CHANGES:
                        for place in range(here, at):
                            simple[used] = content[place]
                            used += 1
                    else:
                        its, size = changes[point] >> SHIFT, changes[point] & MOST
                        for place in range(its, its + size):
                            simple[used] = changed[place]
                            used += 1
                        if point == SIGMA and is_final(content, begin, here, stop, kinds):
                            simple[used - 1] = FINAL_SIGMA
                elif not (whole or part):
                    simple[used] = ZERO
                    used, whole = used + 1, True
            else:
                if used > first:  # not of marks alone
                    hashes[words] = mixed(keyed(simple, first, used))
                    kept[0, words], kept[1, words] = start, end
                    simple[used] = 0x20
                    words, used = words + 1, used + 1
                first, start, whole, part = used, -1, False, False
        if words > firsts[n]:
            used -= 1  # no space behind the last one
        firsts[n + 1], places[n + 1] = words, used
