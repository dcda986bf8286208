"""
Words as ROUGE takes them, and what two texts have of them in the same order.

For texts of ASCII they are those of ``rouge_score``: runs of letters and digits, in small
letters.  Beyond it, which ``rouge_score`` drops, letters, marks and digits of any script count,
in one case (`str.casefold`); of scripts that part no words each character is one.
"""

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from datastd.bits import many
from datastd.measures import helper, kernel
from datastd.measures.responses import said
from datastd.measures.text import kinds
from datastd.measures.text.kinds import ALPHANUMERIC, LETTER
from datastd.measures.text.normal import CHANGES, MOST, SHIFT, Hashes, Kinds, mixed
from datastd.measures.text.pieces import Bytes, Numbers, code_point

_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)  # FNV-1a's


class Said(NamedTuple):
    """
    The words of texts.

    Attributes:
        offsets: The first word of each text, and one more than the last; shape (N + 1,), int64.
        words: The hash of each; shape (W,), uint64.
    """

    offsets: Numbers
    words: Hashes


def words(content: Bytes, offsets: Numbers) -> Said:
    """Find the words of texts."""
    firsts = np.zeros_like(offsets)
    kept = np.empty(int(offsets[-1] - offsets[0]) // 2 + len(offsets), np.uint64)
    table = said.in_one_case()
    count = _words(content, offsets, kinds.table(), table, firsts, kept)
    if count > len(kept):  # each character a word
        kept = np.empty(count, np.uint64)
        _words(content, offsets, kinds.table(), table, firsts, kept)
    return Said(firsts, kept[:count])


@helper
def _is_unparted(point: int) -> bool:
    """Say whether a letter is of a script that parts no words: Thai to Khmer, kana and Han."""
    if point < 0x3040:
        return 0xE00 <= point <= 0xEFF or 0x1000 <= point <= 0x109F or 0x1780 <= point <= 0x17FF
    return (
        point <= 0x30FF
        or 0x3400 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or (0x20000 <= point <= 0x3FFFF)
    )


@helper
def _on(value: np.uint64, byte: int) -> np.uint64:
    return (value ^ np.uint64(byte)) * _PRIME


@kernel
def _words(  # noqa: C901, PLR0912, PLR0913, PLR0917
    content: Bytes, offsets: Numbers, classes: Bytes, table: Kinds, firsts: Numbers, kept: Hashes
) -> int:
    used = 0
    for n in range(len(offsets) - 1):
        at, stop, value, within = offsets[n], offsets[n + 1], _BASIS, False
        while at <= stop:
            here, point, is_part = at, 0, False
            if here < stop:
                point, at = code_point(content, here)
                is_part = classes[point] & (LETTER | ALPHANUMERIC) > 0
            else:
                at += 1
            alone = is_part and _is_unparted(point)
            if within and (alone or not is_part):
                if used < len(kept):
                    kept[used] = mixed(value)
                used, value, within = used + 1, _BASIS, False
            if not is_part:
                continue
            if 0x41 <= point <= 0x5A:
                value = _on(value, point | 0x20)
            elif table.kinds[point] & CHANGES:
                its, size = table.places[point] >> SHIFT, table.places[point] & MOST
                for place in range(its, its + size):
                    value = _on(value, table.content[place])
            else:
                for place in range(here, at):
                    value = _on(value, content[place])
            within = True
            if alone:
                if used < len(kept):
                    kept[used] = mixed(value)
                used, value, within = used + 1, _BASIS, False
        firsts[n + 1] = used
    return used


class Scratch(NamedTuple):
    """
    Room for what `in_order` makes of two texts.

    Attributes:
        slots: A table of words by hash: the first place of each, or -1; int32.
        places: Of the word that is first at a place, all places, as bits; uint64.
        state: As many bits; uint64.
    """

    slots: NDArray[np.int32]
    places: Hashes
    state: Hashes

    @classmethod
    def of(cls, most: int) -> Self:
        """Room for texts of so many words."""
        blocks = (most + 63) // 64
        slots = np.empty(2 << most.bit_length(), np.int32)
        return cls(slots, np.empty((most, blocks), np.uint64), np.empty(blocks, np.uint64))


@helper
def _slot(word: np.uint64, words: Hashes, slots: NDArray[np.int32], mask: int) -> int:
    """The slot of a word, or the free one that it would take."""
    slot = np.int64(word & np.uint64(mask))
    while slots[slot] >= 0 and words[slots[slot]] != word:
        slot = (slot + 1) & mask
    return int(slot)


@helper
def in_order(one: Hashes, other: Hashes, scratch: Scratch) -> int:
    """
    How long the longest sequence of words is that is in both, in order.

    64 words of *one* at a time, as in Hyyrö 2004, "Bit-parallel LCS-length computation revisited".
    """
    slots, places, state = scratch
    blocks, mask = (len(one) + 63) // 64, 2
    while mask < 2 * len(one):
        mask *= 2
    mask -= 1
    slots[: mask + 1] = -1
    for n in range(len(one)):
        slot = _slot(one[n], one, slots, mask)
        if slots[slot] < 0:
            slots[slot], places[n, :blocks] = n, 0
        places[slots[slot], n >> 6] |= np.uint64(1) << np.uint64(n & 63)
    for block in range(blocks):
        state[block] = ~np.uint64(0)
    for word in other:
        first = slots[_slot(word, one, slots, mask)]
        if first < 0:
            continue
        carry = np.uint64(0)
        for block in range(blocks):
            known = state[block]
            both = known & places[first, block]
            total = known + both
            more = total + carry
            carry = np.uint64(total < known) | np.uint64(more < total)
            state[block] = more | (known & ~both)
    found = 0
    for block in range(blocks):
        found += many(~state[block])
    return found


@kernel
def _likenesses(one: Said, other: Said, most: int, scratch: Scratch) -> Any:  # noqa: ANN401
    found = np.zeros(len(one.offsets) - 1)
    for n in range(len(found)):
        here = one.words[one.offsets[n] : min(one.offsets[n + 1], one.offsets[n] + most)]
        there = other.words[other.offsets[n] : min(other.offsets[n + 1], other.offsets[n] + most)]
        both = len(here) + len(there)
        if 4 * min(len(here), len(there)) >= both > 0:
            share = 2 * in_order(here, there, scratch) / both
            found[n] = share if share >= 0.5 else 0.0
    return found


def likenesses(one: Said, other: Said, most: int) -> NDArray[np.float64]:
    """
    ROUGE-L's F of each text and its other, of their first *most* words; shape (N,).

    Twice the words in order by the words of both; what is less than one half is 0.
    """
    found: NDArray[np.float64] = _likenesses(one, other, most, Scratch.of(most))
    return found
