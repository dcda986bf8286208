"""
Where texts name people, and where they give keys away.

One pass over the bytes: each kind has a byte that prose seldom has, and what stands around
it is looked at where that byte is.  No pattern is searched for by trying, so that the time
grows with the text and with nothing else.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.measures import helper, kernel
from datastd.measures.text.pieces import WORD, Bytes, Numbers, code_point, is_space

Kind: TypeAlias = NDArray[np.bool_]  # of every byte, whether it is of a kind; (256,)

EMAIL, ADDRESS, PHONE, CREDENTIAL, PAYMENT = range(5)
"""Columns of what `found` gives."""

_MASKS = ("22.214.171.124", "126.96.36.199", "188.8.131.52", "184.108.40.206", "220.127.116.11",
          "18.104.22.168")  # fmt: skip
"""What datatrove writes in the place of an address."""

_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 "
    "DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 "
    "IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 "
    "MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 "
    "SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)
"""Characters of an account number by country: ISO 13616, SWIFT's registry of July 2024."""

_NAMES = (
    "secret", "token", "password", "passwd", "apikey", "api_key", "api-key", "accesskey",
    "access_key", "access-key", "privatekey", "private_key", "private-key", "credential",
)  # fmt: skip
"""Of these, one is in the name of what holds a secret."""

_LONGEST = 64  # bytes of a name
_SHORTEST, _BITS, _HEX_BITS = 20, 4.0, 3.0  # of a value: characters, and bits for each of them


def _of(text: bytes) -> Bytes:
    return np.frombuffer(text, np.uint8)


def _marked(characters: str) -> Kind:
    """Which bytes are among some ASCII characters; shape (256,)."""
    table = np.zeros(256, np.bool_)
    table[_of(characters.encode())] = True
    return table


_DIGITS, _CAPITALS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TRIGGER = _marked(_DIGITS + "@GJK_=:")
_DIGIT = _marked(_DIGITS)
_ALNUM = _marked(_DIGITS + _CAPITALS + _CAPITALS.lower())
_LETTER = _marked(_CAPITALS + _CAPITALS.lower())
_LABEL = _ALNUM | _marked("-")
_LOCAL = _ALNUM | _marked("!#$%&'*+/=?^_`{|}~-")
_URL64 = _ALNUM | _marked("_-")
_VALUE = _URL64 | _marked("+/")
_NAME = _URL64 | _marked(".")
_UPPER = _marked(_DIGITS + _CAPITALS)
_HEADER = _UPPER | _marked(" ")
_PARTING, _BLANK, _QUOTE = map(_marked, (" -.", " \t", "\"'"))
_HEX = _marked(_DIGITS + "abcdefABCDEF")

_BEGIN, _KEY, _BLOCK, _END = map(_of, (b"-----BEGIN", b" PRIVATE KEY", b" BLOCK", b"-----"))
_AKIA, _GHP, _EYJ = map(_of, (b"AKIA", b"ghp_", b"eyJ"))
_EXAMPLES = _of(b"example.comexample.netexample.org").reshape(3, -1)
_WORDS = _of("".join(name.ljust(12, "\0") for name in _NAMES).encode()).reshape(-1, 12)  # ends in 0

_LENGTH = np.zeros((26, 26), np.uint8)
for _one in _LENGTHS.split():
    _LENGTH[ord(_one[0]) - 65, ord(_one[1]) - 65] = int(_one[2:])
_MASKED = np.array(
    [int.from_bytes(bytes(map(int, mask.split(".")))) for mask in _MASKS], np.int64
)  # fmt: skip


@kernel
def found(content: Bytes, offsets: Numbers, classes: Bytes) -> Any:  # noqa: ANN401
    """How much of each kind is in each text, none of it counted twice; shape (N, 5)."""
    counts = np.zeros((len(offsets) - 1, 5), np.int64)
    behind, tally = np.zeros(5, np.int64), np.zeros(128, np.int64)
    for n in range(len(counts)):
        text, at = content[offsets[n] : offsets[n + 1]], 0
        behind[:] = 0
        while at < len(text):
            byte = text[at]
            if not _TRIGGER[byte]:
                at += 1
            elif _DIGIT[byte]:
                after = _run(text, at + 1, _DIGIT)
                if after - at > 1 or _has(text, after, 0x2E):
                    _number(text, at, after, classes, behind, counts[n])
                at = after
            elif byte == 0x40:
                end = _email(text, at, behind[EMAIL], classes)
                if end >= 0:
                    behind[EMAIL] = end
                    counts[n, EMAIL] += not _is_example(text[at + 1 : end])
                at += 1
            elif byte in (0x3A, 0x3D) and not _may_be_long(text, at):
                at += 1
            else:
                end = _credential(text, at, behind[CREDENTIAL], tally)
                if end >= 0:
                    behind[CREDENTIAL] = end
                    counts[n, CREDENTIAL] += 1
                at += 1
    return counts


@helper
def _number(  # noqa: PLR0913, PLR0917
    text: Bytes, at: int, after: int, classes: Bytes, behind: Numbers, counts: Numbers
) -> None:
    """Look at what begins with a run of digits, which ends at *after*."""
    if _has(text, after, 0x2E):
        counts[ADDRESS] += _is_public(text, at, classes)
    end = _phone(text, at, behind[PHONE]) if after - at >= 3 else -1
    if end >= 0:
        behind[PHONE] = end
        counts[PHONE] += 1
    end = -1
    if after - at >= 4 and at >= behind[PAYMENT]:
        end = _card(text, at, classes)
    if end < 0 and at - 2 >= behind[PAYMENT] and after - at >= 2:
        end = _account(text, at - 2, classes)
    if end >= 0:
        behind[PAYMENT] = end
        counts[PAYMENT] += 1


@helper
def _has(text: Bytes, at: int, byte: int) -> bool:
    return at < len(text) and text[at] == byte


@helper
def _is_one_of(text: Bytes, at: int, kind: Kind) -> bool:
    return at < len(text) and kind[text[at]]


@helper
def _run(text: Bytes, at: int, kind: Kind) -> int:
    """Where a run of bytes of a kind ends."""
    while at < len(text) and kind[text[at]]:
        at += 1
    return at


@helper
def _all(text: Bytes, at: int, count: int, kind: Kind) -> bool:
    """Say whether so many bytes are of a kind."""
    return at + count <= len(text) and _run(text[: at + count], at, kind) == at + count


@helper
def _stands(text: Bytes, at: int, what: Bytes, floor: int) -> bool:
    """Say whether some bytes stand at a place, not before *floor*."""
    if at < floor or at + len(what) > len(text):
        return False
    for n in range(len(what)):  # noqa: SIM110  -- numba makes no machine code of a generator
        if text[at + n] != what[n]:
            return False
    return True


@helper
def _may_be_long(text: Bytes, at: int) -> bool:
    """Say at little cost whether a value of 20 bytes may begin one to four bytes later."""
    return at + 20 < len(text) and _VALUE[text[at + 12]] and _VALUE[text[at + 20]]


@helper
def _is_word(point: int, classes: Bytes) -> bool:
    r"""Say whether Python's ``\w`` holds."""
    return point == 0x5F or classes[point] & WORD != 0


@helper
def _before(text: Bytes, at: int) -> int:
    """The character before a byte; a space before the first one."""
    if at == 0:
        return 0x20
    at -= 1
    while text[at] & 0xC0 == 0x80:
        at -= 1
    return int(code_point(text, at)[0])


@helper
def _goes_on(text: Bytes, at: int, classes: Bytes) -> bool:
    """Say whether a word goes on at a place, or a number: a dot and a digit."""
    if at == len(text):
        return False
    if text[at] == 0x2E:
        return _is_one_of(text, at + 1, _DIGIT)
    return _is_word(code_point(text, at)[0], classes)


@helper
def _email(text: Bytes, at: int, floor: int, classes: Bytes) -> int:
    """Where the address ends whose ``@`` this is, or -1."""
    low = at
    while low > floor:
        byte = text[low - 1]
        if not _LOCAL[byte] and (byte != 0x2E or low == at or text[low] == 0x2E):
            break
        low -= 1
    while low < at and (
        text[low] == 0x2E or _is_word(text[low], classes) == _is_word(_before(text, low), classes)
    ):
        low += 1
    if low == at:
        return -1
    at += 1
    if _has(text, at, 0x5B):
        end, _ = _quads(text, at + 1)
        return end + 1 if end >= 0 and _has(text, end, 0x5D) else -1
    labels, end = 0, -1
    while _is_one_of(text, at, _ALNUM):
        while _is_one_of(text, at, _LABEL):
            at += 1
            if text[at - 1] != 0x2D:
                end = at
        labels += 1
        if end != at or not _has(text, at, 0x2E):
            break
        at += 1
    return end if labels > 1 else -1


@helper
def _is_example(domain: Bytes) -> bool:
    """Say whether a domain is example.com, .net or .org, or below one of them."""
    at = len(domain) - _EXAMPLES.shape[1]
    if at < 0 or (at > 0 and domain[at - 1] != 0x2E):
        return False
    for one in _EXAMPLES:
        equal = True
        for n in range(len(one)):
            equal = equal and domain[at + n] | 0x20 == one[n] | 0x20
        if equal:
            return True
    return False


@helper
def _quads(text: Bytes, at: int) -> tuple[int, int]:
    """Where four numbers below 256 with dots between them end, or -1; and what they are."""
    value = 0
    for quad in range(4):
        if quad:
            if not _has(text, at, 0x2E):
                return -1, 0
            at += 1
        begin, number = at, 0
        while _is_one_of(text, at, _DIGIT) and at < begin + 3:
            number = number * 10 + text[at] - 0x30
            at += 1
        if at == begin or number > 255:
            return -1, 0
        value = value << 8 | number
    return at, value


@helper
def _is_public(text: Bytes, at: int, classes: Bytes) -> bool:
    """Say whether an IPv4 address begins here that is one of the internet's, and no mask."""
    end, value = _quads(text, at)
    if end < 0 or _goes_on(text, end, classes):
        return False
    point = _before(text, at)
    if _is_word(point, classes) or (point == 0x2E and at > 1 and _DIGIT[text[at - 2]]):
        return False
    for mask in _MASKED:
        if value == mask:
            return False
    return _is_global(value)


@helper
def _is_global(value: int) -> bool:
    """Say whether an IPv4 address is one of the internet's, by IANA's registry."""
    first, two, three = value >> 24, value >> 16, value >> 8
    if three == 0xC00000:  # 192.0.0.0/24, but for the anycast addresses of PCP and TURN
        return value & 0xFF in (9, 10)
    return not (
        first in (0, 10, 127)
        or first >= 240
        or value >> 22 == 0x191  # 100.64.0.0/10
        or value >> 20 == 0xAC1  # 172.16.0.0/12
        or two in (0xA9FE, 0xC0A8)
        or value >> 17 == 0x6309  # 198.18.0.0/15
        or three in (0xC00002, 0xC63364, 0xCB0071)
    )


@helper
def _phone(text: Bytes, at: int, floor: int) -> int:
    """Where a phone number ends that begins with a run of digits, or -1."""
    first = at - 1 if at > 0 and text[at - 1] == 0x28 else at
    if first <= floor or not is_space(_before(text, first)):
        return -1
    at += 3
    if _has(text, at, 0x29):
        at += 1
    at = _run(text, at, _PARTING)
    if not _all(text, at, 3, _DIGIT):
        return -1
    at += 3
    if _is_one_of(text, at, _PARTING):
        at += 1
    return at + 4 if _all(text, at, 4, _DIGIT) else -1


@helper
def _card(text: Bytes, at: int, classes: Bytes) -> int:
    """Where the number of a card ends, or -1."""
    first, second = text[at] - 0x30, text[at + 1] - 0x30
    if not (3 <= first <= 6 or (first == 2 and 2 <= second <= 7)):
        return -1
    point = _before(text, at)
    if _is_word(point, classes) or point in (0x2D, 0x2E, 0x2F):
        return -1
    length, odd, even = 0, 0, 0  # sums with the digits at odd places doubled, and at even ones
    while True:
        group = at
        while length < 20 and _is_one_of(text, at, _DIGIT):
            digit = text[at] - 0x30
            twice = 2 * digit - 9 * (digit > 4)
            if length & 1:
                odd, even = odd + twice, even + digit
            else:
                odd, even = odd + digit, even + twice
            length += 1
            at += 1
        sound = (odd if length & 1 else even) % 10 == 0
        if 13 <= length <= 19 and sound and not _goes_on(text, at, classes):
            return at
        parted = (_has(text, at, 0x20) or _has(text, at, 0x2D)) and _is_one_of(text, at + 1, _DIGIT)
        if not (parted and 4 <= at - group <= 6):
            return -1
        at += 1


@helper
def _account(text: Bytes, at: int, classes: Bytes) -> int:
    """Where an international account number ends, or -1."""
    one, two = text[at] - 0x41, text[at + 1] - 0x41
    if not (0 <= one < 26 and 0 <= two < 26):
        return -1
    length = _LENGTH[one, two]
    if not length or _is_word(_before(text, at), classes):
        return -1
    check = 10 * (text[at + 2] - 0x30) + text[at + 3] - 0x30
    at += 4
    rest = np.int64(0)
    for count in range(4, length):
        at += count % 4 == 0 and _has(text, at, 0x20)
        if not _is_one_of(text, at, _UPPER):
            return -1
        byte = np.int64(text[at])
        rest = (rest * 10 + byte - 0x30 if byte < 0x41 else rest * 100 + byte - 0x37) % 97
        at += 1
    rest = (rest * 10_000 + (one + 10) * 100 + two + 10) % 97
    sound = (rest * 100 + check) % 97 == 1
    return at if sound and not _goes_on(text, at, classes) else -1


@helper
def _credential(text: Bytes, at: int, floor: int, tally: Numbers) -> int:
    """Where a key ends of which this is a byte, or -1; it begins at *floor* or behind it."""
    byte = text[at]
    if byte == 0x4B:
        mine = _stands(text, at - 1, _AKIA, floor) and _all(text, at + 3, 16, _UPPER)
        return at + 19 if mine else -1
    if byte == 0x5F:
        mine = _stands(text, at - 3, _GHP, floor) and _all(text, at + 1, 36, _ALNUM)
        return at + 37 if mine else -1
    if byte == 0x4A:
        return _web_token(text, at - 2, floor)
    if byte == 0x47:
        return _key_header(text, at - 7, floor)
    return _assigned(text, at, floor, tally)


@helper
def _key_header(text: Bytes, at: int, floor: int) -> int:
    """Where ``-----BEGIN … PRIVATE KEY-----`` ends, or -1."""
    if not _stands(text, at, _BEGIN, floor):
        return -1
    at += len(_BEGIN)
    if not _has(text, at, 0x20):
        return -1
    end = _run(text, at, _HEADER)
    last = end - len(_BLOCK) if _stands(text[:end], end - len(_BLOCK), _BLOCK, at) else end
    mine = _stands(text[:last], last - len(_KEY), _KEY, at) and _stands(text, end, _END, end)
    return end + len(_END) if mine else -1


@helper
def _web_token(text: Bytes, at: int, floor: int) -> int:
    """Where a JSON web token ends, header, payload and signature, or -1."""
    if not _stands(text, at, _EYJ, floor) or (at > 0 and _URL64[text[at - 1]]):
        return -1
    header = _run(text, at, _URL64)
    if not _has(text, header, 0x2E) or not _stands(text, header + 1, _EYJ, floor):
        return -1
    payload = _run(text, header + 1, _URL64)
    end = _run(text, payload + 1, _URL64) if _has(text, payload, 0x2E) else 0
    return end if end > payload + 1 else -1


@helper
def _assigned(text: Bytes, at: int, floor: int, tally: Numbers) -> int:
    """Where a value ends that looks drawn by lot, and is given to a name of a secret; or -1."""
    begin = at + 1
    for _ in range(2):
        begin += _is_one_of(text, begin, _BLANK)
    begin += _is_one_of(text, begin, _QUOTE)
    end = _run(text, begin, _VALUE)
    if begin < floor or end - begin < _SHORTEST or not _is_named(text, at):
        return -1
    return end if _is_drawn(text[begin:end], tally) else -1


@helper
def _is_named(text: Bytes, at: int) -> bool:
    """Say whether what stands before ``=`` or ``:`` is the name of a secret."""
    at -= at > 0 and (text[at - 1] == 0x3A or text[at - 1] == 0x3D)
    for _ in range(2):
        at -= at > 0 and _BLANK[text[at - 1]]
    at -= at > 0 and _QUOTE[text[at - 1]]
    low = at
    while low > 0 and at - low < _LONGEST and _NAME[text[low - 1]]:
        low -= 1
    name = text[low:at]
    for place in range(len(name)):
        for word in _WORDS:
            n, rest = 0, name[place:]
            while n < len(rest) and word[n] and rest[n] | 0x20 == word[n] | 0x20:
                n += 1
            if not word[n]:
                return True
    return False


@helper
def _is_drawn(value: Bytes, tally: Numbers) -> bool:
    """Say whether letters and digits are mixed as chance mixes them."""
    tally[:] = 0
    hexadecimal, digits, letters = True, 0, 0
    for byte in value:
        tally[byte] += 1
        hexadecimal = hexadecimal and _HEX[byte]
        digits += _DIGIT[byte]
        letters += _LETTER[byte]
    bits = np.log2(len(value))
    for count in tally:
        if count:
            bits -= count * np.log2(count) / len(value)
    return bool(letters and digits and bits >= (_HEX_BITS if hexadecimal else _BITS))
