"""What C4 and RefinedWeb ask of the lines of each text, counted."""

from typing import Any

import numpy as np
from numba.extending import register_jitable

from datastd.bits import HIGH, ONES, eight, equal, lowest
from datastd.measures import helper, kernel
from datastd.measures.text.pieces import (
    DECIMAL,
    DIGIT,
    PUNCTUATION,
    TERMINAL,
    UPPER,
    WORD,
    Bytes,
    Numbers,
    Pieces,
    code_point,
    is_space,
    stripped,
    word_end,
)

LOREM, JAVASCRIPT, POLICY, BRACKET = 1, 2, 4, 8  # what may stand in a line, as bits

PHRASES = {
    "lorem ipsum": LOREM,
    "javascript": JAVASCRIPT,
    "terms of use": POLICY,
    "privacy policy": POLICY,
    "cookie policy": POLICY,
    "uses cookies": POLICY,
    "use of cookies": POLICY,
    "use cookies": POLICY,
}
"""What C4 looks for, in lower case, in any part of a line."""

COUNTERS = (
    "likes", "shares", "comments", "retweets", "reposts", "quotes", "bookmarks", "upvotes",
    "downvotes", "downloads", "views", "followers",
)  # fmt: skip
"""What DCLM takes for a counter, behind a number."""

LONGEST_WORD, FEWEST_WORDS = 1000, 3  # of a line, for datatrove


def _padded(phrases: tuple[str, ...]) -> Bytes:
    """Phrases as bytes, one a row, with zeros behind them."""
    most = max(map(len, phrases)) + 1
    return np.array([[*phrase.encode().ljust(most, b"\0")] for phrase in phrases], np.uint8)


_PHRASES, _COUNTERS = _padded((*PHRASES,)), _padded(COUNTERS)
_CITATIONS = _padded(("[edit]", "[citation needed]"))
_FOUND = np.array([*PHRASES.values()], np.uint8)

# Each phrase has one of three letters; where the first of them stands in it.
_ANCHOR = np.array([min(p.find(x) for x in "kmv" if x in p) for p in PHRASES], np.int64)
_ANCHORS = np.isin(np.arange(256), [*b"kmvKMV", 0xE2])

_ENDS = np.isin(np.arange(256), [*b"!?."]) | (np.arange(256) >= 0x80)  # of a sentence, perhaps
_MARKS = np.isin(np.arange(256), [*b"!?.\"'"])  # of a line
_K, _KELVIN = 0x6B, 0x212A  # U+212A is the only other character that `str.lower` makes a k
_M, _B, _DOT, _COMMA, _UNDERSCORE = 0x6D, 0x62, 0x2E, 0x2C, 0x5F
_OPEN, _CLOSE, _BRACE = 0x5B, 0x5D, 0x7B
_DOTS, _CALLS, _ASKS = (np.uint64(byte * int(ONES)) for byte in b".!?")


@helper
def _lower(content: Bytes, at: int) -> tuple[int, int]:
    """The character at a byte in lower case, if that is one of ASCII, and where the next is."""
    point, after = code_point(content, at)
    if 0x41 <= point <= 0x5A:
        return point + 0x20, after
    return _K if point == _KELVIN else point, after


@helper
def _says(content: Bytes, at: int, stop: int, phrase: Bytes) -> int:
    """Where a phrase ends that begins at a byte, in lower case; -1 if it does not."""
    n = 0
    while phrase[n]:
        if at >= stop:
            return -1
        letter, at = _lower(content, at)
        if letter != phrase[n]:
            return -1
        n += 1
    return at


@helper
def _said(content: Bytes, start: int, stop: int) -> int:
    """What is said in a line, as the bits of `LOREM` and its like."""
    found = 0
    for at in range(start, stop):
        if _ANCHORS[content[at]]:
            for n in range(len(_PHRASES)):
                begin = at - _ANCHOR[n]
                if begin < start or content[begin] | 0x20 != _PHRASES[n, 0]:
                    continue
                if _says(content, begin, stop, _PHRASES[n]) > at:
                    found |= _FOUND[n]
    return found


@helper
def _has(content: Bytes, start: int, stop: int, byte: int) -> bool:
    """Say whether a byte is in a line."""
    found = False
    for one in content[start:stop]:  # without a way out, of which many are compared at once
        found |= one == byte
    return found


@helper
def _may_say(text: Bytes) -> bool:
    """Say whether a text has four letters of a phrase, or a Kelvin sign; most texts have not."""
    found = False
    for at in range(np.uint64(3), np.uint64(len(text))):
        one, two, three = text[at - np.uint64(2)], text[at - np.uint64(1)], text[at]
        a, b, c, d = text[at - np.uint64(3)] | 0x20, one | 0x20, two | 0x20, three | 0x20
        found |= (
            (a == 0x61) & (b == 0x76) & (c == 0x61) & (d == 0x73)  # avas
            | (a == 0x76) & (b == 0x61) & (c == 0x63) & (d == 0x79)  # vacy
            | (a == 0x6F) & (b == 0x6F) & (c == 0x6B) & (d == 0x69)  # ooki
            | (a == 0x6D) & (b == 0x20) & (c == 0x69) & (d == 0x70)  # m ip
            | (a == 0x66) & (b == 0x20) & (c == 0x75) & (d == 0x73)  # f us
            | (one == 0xE2) & (two == 0x84) & (three == 0xAA)
        )
    return found


@helper
def _is(content: Bytes, at: int, stop: int, phrase: Bytes) -> int:
    """Where a phrase ends that begins at a byte; -1 if it does not."""
    n = 0
    while phrase[n]:
        if at + n >= stop or content[at + n] != phrase[n]:
            return -1
        n += 1
    return at + n


@helper
def _behind_citation(content: Bytes, at: int, stop: int, classes: Bytes) -> int:
    r"""Where one of ``\[\d*]|\[edit]|\[citation needed]`` ends that begins at a byte; or -1."""
    for n in range(len(_CITATIONS)):
        behind = _is(content, at, stop, _CITATIONS[n])
        if behind > 0:
            return behind
    at += 1
    while at < stop and content[at] != _CLOSE:
        point, at = code_point(content, at)
        if not classes[point] & DECIMAL:
            return -1
    return at + 1 if at < stop else -1


@register_jitable
def _uncited(content: Bytes, start: int, stop: int, classes: Bytes) -> Bytes:
    """A line without Wikipedia's citations."""
    kept, used, at = np.empty(stop - start, np.uint8), 0, start
    while at < stop:
        behind = _behind_citation(content, at, stop, classes) if content[at] == _OPEN else -1
        if behind < 0:
            kept[used] = content[at]
            used, behind = used + 1, at + 1
        at = behind
    return kept[:used]


@helper
def _is_punctuated(content: Bytes, start: int, stop: int) -> bool:
    """Say whether a line ends as C4 has it: in a mark, and not in an ellipsis."""
    if start >= stop or not _MARKS[content[stop - 1]]:
        return False
    dots = 0
    while dots < 3 and stop - dots > start and content[stop - dots - 1] == _DOT:
        dots += 1
    return dots < 3


@helper
def _goes_on(content: Bytes, at: int, stop: int, classes: Bytes) -> tuple[bool, int]:
    """Say whether a letter or digit comes before white space does, and where that is."""
    while at < stop:
        point, after = code_point(content, at)
        if is_space(point) or classes[point] & WORD:
            return not is_space(point), at
        at = after
    return False, stop


@helper
def _sentences(  # noqa: C901  -- one automaton
    content: Bytes, start: int, stop: int, classes: Bytes
) -> int:
    """
    Sentences of a line, by the rule of spaCy's sentencizer over words and symbols.

    One begins with the first word or symbol that is no punctuation, behind a mark that ends
    one; two dots or more are none, and neither is a mark before a letter of its word.
    """
    count, at, looked, inside = 1, start, start, False
    while at < stop:
        if at + 8 <= len(content):
            block = eight(content, at)
            bits = equal(block, _DOTS) | equal(block, _CALLS) | equal(block, _ASKS) | block & HIGH
            at += lowest(bits) if bits else 8
            if not bits or at >= stop:
                continue
        elif not _ENDS[content[at]]:
            at += 1
            continue
        alone = True
        point, at = code_point(content, at)
        if not classes[point] & TERMINAL:
            continue
        while at < stop:
            another, after = code_point(content, at)
            if another != point:
                break
            at, alone = after, False
        if looked < at:
            inside, looked = _goes_on(content, at, stop, classes)
        if inside or (point == _DOT and not alone):
            continue
        while at < stop:
            another, after = code_point(content, at)
            if not (is_space(another) or classes[another] & (PUNCTUATION | TERMINAL)):
                count += 1
                break
            at = after
    return count


@helper
def _judged(
    content: Bytes, start: int, stop: int, classes: Bytes,
    counts: bool,  # noqa: FBT001
) -> tuple[bool, int]:  # fmt: skip
    """Whether a line without citations ends in a mark, and its sentences if it *counts*."""
    sentences = _sentences(content, start, stop, classes) if counts else 0
    return _is_punctuated(content, start, stop), sentences


@helper
def _longest(content: Bytes, start: int, stop: int) -> int:
    """
    Code points of the longest word.

    Looked for from behind: where so many bytes have a space among them, nothing before the
    last one of these can be longer.
    """
    longest, at = 0, start
    while at + longest < stop:
        back = at + longest
        while back >= at and not _is_blank(content[back]):
            back -= 1
        if back >= at:
            at = back + 1
            continue
        length = 0
        while at < stop and not _is_blank(content[at]):
            point, at = code_point(content, at)
            length = 0 if is_space(point) else length + 1
            longest = max(longest, length)
        at += 1
    return longest


@helper
def _is_blank(byte: int) -> bool:
    """Say whether it is white space of ASCII."""
    return byte <= 0x20 and is_space(byte)


@helper
def _first_words(content: Bytes, at: int, stop: int) -> tuple[int, int]:
    """Where the first word begins, and how many words there are: up to `FEWEST_WORDS`."""
    first, words = stop, 0
    while at < stop and words < FEWEST_WORDS:
        point, after = code_point(content, at)
        if is_space(point):
            at = after
            continue
        first, words = min(first, at), words + 1
        at, _ = word_end(content, at, stop)
    return first, words


@kernel
def c4(content: Bytes, offsets: Numbers, lines: Pieces, classes: Bytes) -> Numbers:
    """
    Count what C4's filter looks at in the lines of each text; shape (N, 12).

    Lines that are not blank; of them, without a mark at the end, and of fewer than
    `FEWEST_WORDS`; code points of the longest word; lines with JavaScript, and with a policy.
    Then twice, of the lines that the filter has come to, first those with a mark at the end
    and then all: with a filler, with a brace, and sentences of those that it keeps.
    """
    found = np.zeros((len(lines.offsets) - 1, 12), np.int64)
    for n in range(len(found)):
        start, stop = offsets[n], offsets[n + 1]
        says = _may_say(content[start:stop])
        braces, cites = _has(content, start, stop, _BRACE), _has(content, start, stop, _OPEN)
        longest = _longest(content, start, stop)
        found[n, 3] = longest
        for line in range(lines.offsets[n], lines.offsets[n + 1]):
            begin, end = int(lines.start[line]), int(lines.stop[line])
            begin, words = _first_words(content, begin, end)
            if not words:
                continue
            begin, end = stripped(content, begin, end)
            said = _said(content, begin, end) if says else 0
            if braces and _has(content, begin, end, _BRACE):
                said |= BRACKET
            keeps = words == FEWEST_WORDS and (
                longest <= LONGEST_WORD or _longest(content, begin, end) <= LONGEST_WORD
            )
            counts = keeps and not said & (JAVASCRIPT | POLICY)
            if cites and _has(content, begin, end, _OPEN):
                rest = _uncited(content, begin, end, classes)
                punctuated, sentences = _judged(rest, 0, len(rest), classes, counts)
            else:
                punctuated, sentences = _judged(content, begin, end, classes, counts)
            found[n, 0] += 1
            found[n, 1] += not punctuated
            found[n, 2] += words < FEWEST_WORDS
            found[n, 4] += said & JAVASCRIPT > 0
            found[n, 5] += said & POLICY > 0
            for k in range(0 if punctuated else 1, 2):
                found[n, 6 + 3 * k] += keeps and said & LOREM > 0
                found[n, 7 + 3 * k] += keeps and said & (BRACKET | JAVASCRIPT) == BRACKET
                found[n, 8 + 3 * k] += sentences
    return found


@helper
def _behind_symbols(content: Bytes, at: int, stop: int, classes: Bytes) -> int:
    r"""Where ``\W*`` ends that begins at a byte."""
    while at < stop:
        point, after = code_point(content, at)
        if classes[point] & WORD or point == _UNDERSCORE:
            break
        at = after
    return at


@helper
def _behind_number(content: Bytes, at: int, stop: int, classes: Bytes) -> int:
    r"""Where ``\d(?:,|\.|\d)*(?:k|m|b)?`` ends that begins at a byte; -1 if it does not."""
    if at == stop or not classes[code_point(content, at)[0]] & DECIMAL:
        return -1
    while at < stop:
        point, after = code_point(content, at)
        if not (classes[point] & DECIMAL or point in (_DOT, _COMMA)):
            letter, after = _lower(content, at)
            return after if letter in (_K, _M, _B) else at
        at = after
    return -1


@helper
def _is_counter(content: Bytes, at: int, stop: int, classes: Bytes) -> bool:
    """Say whether a line is a number and one of `COUNTERS`, with symbols around them."""
    space = _behind_number(content, _behind_symbols(content, at, stop, classes), stop, classes)
    if space < 0:
        return False
    at = space
    while at < stop and is_space(code_point(content, at)[0]):
        at = code_point(content, at)[1]
    for n in range(len(_COUNTERS) if at > space else 0):
        behind = _says(content, at, stop, _COUNTERS[n])
        if behind > 0 and _behind_symbols(content, behind, stop, classes) == stop:
            return True
    return False


@kernel
def refinedweb(content: Bytes, lines: Pieces, classes: Bytes) -> Any:  # noqa: ANN401
    """
    Count lines of each text, parted by line feeds, that RefinedWeb removes; shape (N, 6).

    Those mostly in upper case; of digits alone; that are a counter; of one word, or blank.
    Then words of all these, and of all lines.
    """
    found = np.zeros((len(lines.offsets) - 1, 6), np.int64)
    for n in range(len(found)):
        for line in range(lines.offsets[n], lines.offsets[n + 1]):
            at, stop, length = lines.start[line], lines.stop[line], lines.length[line]
            upper, digits, words, space = 0, 0, 0, True
            while at < stop:
                point, at = code_point(content, at)
                upper += classes[point] & UPPER > 0
                digits += classes[point] & DIGIT > 0
                was, space = space, is_space(point)
                words += was and not space
            if not length:
                continue
            one = 2 * upper > length
            two = digits == length
            three = _is_counter(content, lines.start[line], stop, classes)
            four = words < 2
            found[n, 0] += one
            found[n, 1] += two
            found[n, 2] += three
            found[n, 3] += four
            found[n, 4] += words if one or two or three or four else 0
            found[n, 5] += words
    return found
