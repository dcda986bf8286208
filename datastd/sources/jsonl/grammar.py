"""
The words of JSON, byte by byte: strings, escapes, numbers, literals, by RFC 8259.

For kernels.  Each function takes the bytes, where it begins and where the line stops.
"""

import numpy as np

from datastd.bits import BLOCK, EVERY, first
from datastd.blocks import those
from datastd.kernels import helper
from datastd.sources.encoding import Bytes, is_separator, utf8

# What a line is: a record with a text, or what is wrong with it.
TEXT, BLANK, SYNTAX, NO_OBJECT, TWICE, NONFINITE, SURROGATE, UTF8, NO_TEXT = range(9)

QUOTE, BACKSLASH, MINUS = 0x22, 0x5C, 0x2D
_special = those((QUOTE, BACKSLASH), below=0x20, above=0x80)
_ZERO, _DOT, _LOWER_E, _UPPER_E, _PLUS = 0x30, 0x2E, 0x65, 0x45, 0x2B
_LARGEST = np.uint64(1_797_693_134_862_315_807)  # first 19 digits where float64 becomes infinite
_DIGITS = 19  # that fit into 64 bits
_POWER = 308  # of ten, in the largest float64

SHORT = np.zeros(256, np.uint8)
"""What an escape of two characters stands for, by the second; 0 where there is none."""

for _sign, _means in zip(b'"\\/ntrbf', b'"\\/\n\t\r\b\f', strict=True):
    SHORT[_sign] = _means


@helper
def _hex4(line: Bytes, at: int, stop: int) -> int:
    """The code unit of four hexadecimal digits; -1 where these are none."""
    if at + 4 > stop:
        return -1
    unit = 0
    for n in range(4):
        byte = int(line[at + n])
        if 0x30 <= byte <= 0x39:
            digit = byte - 0x30
        elif 0x41 <= byte | 0x20 <= 0x66 and byte | 0x20 >= 0x61:
            digit = (byte | 0x20) - 0x57
        else:
            return -1
        unit = unit * 16 + digit
    return unit


@helper
def put(into: Bytes, at: int, point: int) -> int:
    """Write a code point in UTF-8; return where it ends."""
    if point < 0x80:
        into[at] = point
        return at + 1
    if point < 0x800:
        into[at] = 0xC0 | point >> 6
    else:
        if point < 0x10000:
            into[at] = 0xE0 | point >> 12
        else:
            into[at] = 0xF0 | point >> 18
            at += 1
            into[at] = 0x80 | point >> 12 & 0x3F
        at += 1
        into[at] = 0x80 | point >> 6 & 0x3F
    into[at + 1] = 0x80 | point & 0x3F
    return at + 2


@helper
def escape(  # noqa: PLR0911
    line: Bytes, at: int, stop: int
) -> tuple[int, int, int]:
    """Read the escape behind a backslash: what is wrong, its code point, and where it ends."""
    if at >= stop:
        return SYNTAX, 0, at
    byte = line[at]
    if SHORT[byte]:
        return TEXT, int(SHORT[byte]), at + 1
    if byte != 0x75:
        return SYNTAX, 0, at
    unit = _hex4(line, at + 1, stop)
    if unit < 0:
        return SYNTAX, 0, at
    if not 0xD800 <= unit <= 0xDFFF:
        return TEXT, unit, at + 5
    if unit >= 0xDC00 or at + 7 > stop or line[at + 5] != BACKSLASH or line[at + 6] != 0x75:
        return SURROGATE, 0, at
    low = _hex4(line, at + 7, stop)
    if low < 0:
        return SYNTAX, 0, at + 6
    if not 0xDC00 <= low <= 0xDFFF:
        return SURROGATE, 0, at
    return TEXT, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), at + 11


@helper
def string(  # noqa: C901, PLR0911, PLR0912
    line: Bytes, at: int, stop: int
) -> tuple[int, int, bool, int]:
    """Go through a string from behind its quote: what is wrong, its end, escapes, separators."""
    escaped, separators = False, 0
    while at < stop:
        if at + BLOCK <= len(line):
            begin, bits, is_plain = at, _special(line, at), True
            at = begin + BLOCK
            while bits:
                place = begin + first(bits)
                if place >= stop:
                    return SYNTAX, stop, escaped, separators
                if line[place] == QUOTE:
                    return TEXT, place, escaped, separators
                is_plain = (
                    line[place] == BACKSLASH and place + 1 < stop and SHORT[line[place + 1]] > 0
                )
                if not is_plain:
                    at = place
                    break
                escaped = True
                if place + 2 >= at:
                    at = place + 2
                    break
                bits &= EVERY << np.uint64(place + 2 - begin)
            if is_plain:
                continue
        byte = line[at]
        if byte == QUOTE:
            return TEXT, at, escaped, separators
        if byte == BACKSLASH:
            escaped = True
            wrong, _, end = escape(line, at + 1, stop)
            if wrong:
                return wrong, (at if wrong == SURROGATE else end), escaped, separators
            at = end
        elif byte >= 0x80:
            while at < stop and line[at] >= 0x80:
                length = utf8(line, at, stop)
                if not length:
                    return UTF8, at, escaped, separators
                separators += is_separator(line, at, length)
                at += length
        elif byte < 0x20:
            return SYNTAX, at, escaped, separators
        else:
            at += 1
    return SYNTAX, stop, escaped, separators


@helper
def _digits(line: Bytes, at: int, stop: int) -> int:
    while at < stop and 0x30 <= line[at] <= 0x39:
        at += 1
    return at


@helper
def number(  # noqa: C901, PLR0912
    line: Bytes, at: int, stop: int
) -> tuple[int, int]:
    """Go through a number: what is wrong, and where it ends."""
    begin = at
    if line[at] == MINUS:
        at += 1
    whole = at
    at = _digits(line, at, stop)
    if at == whole or (line[whole] == _ZERO and at > whole + 1):
        return SYNTAX, (at if at == whole else whole + 1)
    point = at
    if at < stop and line[at] == _DOT:
        at = _digits(line, at + 1, stop)
        if at == point + 1:
            return SYNTAX, at
    mantissa, exponent = at, np.int64(0)
    if at < stop and line[at] in (_LOWER_E, _UPPER_E):
        at += 1
        negative = at < stop and line[at] == MINUS
        if at < stop and line[at] in (MINUS, _PLUS):
            at += 1
        power = at
        at = _digits(line, at, stop)
        if at == power:
            return SYNTAX, at
        for n in range(power, at):
            exponent = min(exponent * 10 + np.int64(line[n] - _ZERO), np.int64(1) << 40)
        if negative:
            exponent = -exponent
    # Where its first digit other than 0 stands tells how large it is.
    leading, count, place = np.uint64(0), 0, np.int64(point - whole - 1)
    for n in range(whole, mantissa):
        if n == point:
            continue
        if count or line[n] != _ZERO:
            if count < _DIGITS:
                leading = leading * np.uint64(10) + np.uint64(line[n] - _ZERO)
            count += 1
        else:
            place -= 1
    while count < _DIGITS:
        leading *= np.uint64(10)
        count += 1
    if leading and (
        place + exponent > _POWER or (place + exponent == _POWER and leading >= _LARGEST)
    ):
        return NONFINITE, begin
    return TEXT, at


@helper
def is_word(line: Bytes, at: int, stop: int, word: Bytes) -> int:
    """Length of *word* if it stands here, else 0."""
    length = 0
    while length < len(word) and word[length]:
        if at + length >= stop or line[at + length] != word[length]:
            return 0
        length += 1
    return length
