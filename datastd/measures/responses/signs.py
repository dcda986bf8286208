"""Signs in answers of what is looked for in them: found for all at once, in blocks of 64 bytes."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.bits import BLOCK, EVERY, NONE, first, many, upto
from datastd.blocks import those
from datastd.measures import helper, kernel
from datastd.measures.text import Utf8
from datastd.measures.text.pieces import Bytes, Numbers

INSTRUCTION, FENCE = "Instruction:", "```"
FIRST = 200  # code points in which an answer refuses

_TICK, _COLON, _BEFORE = ord("`"), ord(":"), ord("n")
_WORD = np.frombuffer(INSTRUCTION.encode(), np.uint8)
_ticks, _colons, _befores = those((_TICK,)), those((_COLON,)), those((_BEFORE,))
_points = those((), below=0x80, above=0xC0)  # all bytes but those that go on with a character
_spaces, _as, _is, _cs, _ss = (those(one) for one in (b" ", b"aA", b"iI", b"cC", b"sS"))
_apostrophes = those(b"'\xe2")  # and what ’ begins with
_long_s = those(b"\xc5")  # what U+017F begins with, which is an s in another case
_LOOKED = BLOCK - 3  # places of a block behind which what may begin there is in it


class Signs(NamedTuple):
    """
    What each of some texts holds; shape (N,).

    Attributes:
        points: Code points.
        fences: Whether three backticks follow each other.
        instructs: Whether it has the word `INSTRUCTION`.
        refuses: Whether it may refuse: in its first code points begins what `refusal` looks for.
    """

    points: Numbers
    fences: NDArray[np.bool_]
    instructs: NDArray[np.bool_]
    refuses: NDArray[np.bool_]


def signs(texts: Utf8) -> Signs:
    """Look through texts once, for all that ask."""
    content, offsets = texts
    # A block has to begin wherever a text does: to the last ones something is added.
    here = int(np.searchsorted(offsets[1:], len(content) - BLOCK, side="right"))
    last = np.append(content[offsets[here] :], np.zeros(BLOCK, np.uint8))
    both = _signs(content, offsets[: here + 1]), _signs(last, offsets[here:] - offsets[here])
    found: list[Any] = [np.concatenate(one) for one in zip(*both, strict=True)]
    return Signs(*found)


@helper
def _is_word(content: Bytes, begin: int, colon: int) -> bool:
    """Say whether the word that is looked for ends here."""
    at, same = colon - len(_WORD) + 1, 0
    if at < begin:
        return False
    while same < len(_WORD) and content[at + same] == _WORD[same]:
        same += 1
    return same == len(_WORD)


@helper
def _may_refuse(content: Bytes, begin: int, stop: int) -> bool:
    at, seen = begin, 0
    while at < stop and seen < FIRST:
        one, mine, space, other = (
            _as(content, at), _is(content, at), _spaces(content, at), np.uint64(1)
        )  # fmt: skip
        two = space >> np.uint64(2)
        found = one & (_ss(content, at) >> other & two & one >> np.uint64(3))
        found |= one & _long_s(content, at) >> other
        found |= mine & (space >> other & _cs(content, at) >> np.uint64(2))
        found |= mine & _apostrophes(content, at) >> other
        if found & upto(min(_LOOKED, stop - at)):
            return True
        seen += many(_points(content, at) & upto(_LOOKED))
        at += _LOOKED
    return False


@kernel
def _signs(
    content: Bytes, offsets: Numbers
) -> tuple[Numbers, NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    count, one, two = len(offsets) - 1, np.uint64(1), np.uint64(2)
    points, fences = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    instructs, refuses = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for n in range(count):
        begin, stop = offsets[n], offsets[n + 1]
        refuses[n] = _may_refuse(content, begin, stop)
        before = EVERY  # of the block before this one the bytes that a word or a fence may end with
        at, ticked = begin, NONE
        while at < stop:
            here = upto(min(BLOCK, stop - at))
            points[n] += many(_points(content, at) & here)
            ticks, colons = _ticks(content, at) & here, _colons(content, at) & here
            if ticks:
                again = ticks << one | ticked >> np.uint64(63)
                third = ticks << two | ticked >> np.uint64(62)
                fences[n] |= (ticks & again & third) != 0
            ticked = ticks
            befores = _befores(content, at)
            colons &= befores << one | before & one
            while colons:
                instructs[n] |= _is_word(content, begin, at + first(colons))
                colons &= colons - one
            before = befores >> np.uint64(63)
            at += BLOCK
    return points, fences, instructs, refuses
