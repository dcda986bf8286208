"""Sixty-four bytes at a time: what is said of them in vectors is what is said of each."""

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datastd.bits import BLOCK
from datastd.blocks import move, move_lowered, those

KINDS = {
    "one": ((0x5C,), 0, 256),
    "some, and controls, and beyond ASCII": ((0x22, 0x5C), 0x20, 0x80),
    "a range from both its ends": ((), 0x80, 0xC0),
    "the highest": ((), 0, 255),
    "the lowest": ((0,), 0, 256),
}


def looking(these, below, above):
    look = those(these, below=below, above=above)
    return numba.njit(lambda content, at: look(content, at))


LOOKS = {name: looking(*kind) for name, kind in KINDS.items()}


@numba.njit
def moved(content, at, into, end):
    move(content, at, into, end)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=30)
@given(content=st.binary(min_size=BLOCK, max_size=3 * BLOCK), begin=st.integers(0, 3 * BLOCK))
def test_each_byte_of_a_kind_has_its_bit(name, content, begin):
    these, below, above = KINDS[name]
    at = begin % (len(content) - BLOCK + 1)
    found = int(LOOKS[name](np.frombuffer(content, np.uint8), at))
    expected = [one in these or one < below or one >= above for one in content[at : at + BLOCK]]
    assert [bool(found >> n & 1) for n in range(BLOCK)] == expected


def test_every_byte_is_told():
    for name, (these, below, above) in KINDS.items():
        for byte in range(256):
            found = int(LOOKS[name](np.full(BLOCK, byte, np.uint8), 0))
            expected = byte in these or byte < below or byte >= above
            assert found == (2**BLOCK - 1 if expected else 0), (name, byte)


@given(at=st.integers(0, 40), end=st.integers(0, 40))
def test_a_block_is_moved_and_nothing_else(at, end):
    content = np.arange(BLOCK + 40, dtype=np.uint8)
    into = np.full(BLOCK + 40, 255, np.uint8)
    expected = into.copy()
    expected[end : end + BLOCK] = content[at : at + BLOCK]
    moved(content, at, into, end)
    assert into.tolist() == expected.tolist()


@numba.njit
def lowered(content, at, into, end):
    move_lowered(content, at, into, end)


@pytest.mark.parametrize("first", range(0, 256, BLOCK))
def test_a_block_is_moved_with_small_letters(first):
    content, into = np.arange(first, first + BLOCK).astype(np.uint8), np.zeros(BLOCK + 2, np.uint8)
    lowered(content, 0, into, 1)
    assert into.tobytes() == b"\0" + content.tobytes().lower() + b"\0"
