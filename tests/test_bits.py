"""Bytes looked at many at a time are what they are one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datastd import bits
from datastd.kernels import kernel

EIGHT = st.binary(min_size=8, max_size=8)
TEXT = st.text(st.sampled_from("aZz{@[`09 \t\n\x1c\x1f\x7f\x00é漢😀\u3000"), max_size=90)


@kernel
def _said(content, at):
    one = bits.eight(content, at)
    return bits.letters(one), bits.lowered(one), bits.is_printable(one), one


@kernel
def _bits(number):
    return bits.many(number), bits.first(number), bits.upto(int(number & np.uint64(127)))


@kernel
def _blanks(content, at):
    return bits.blanks(content, at)


@kernel
def _copied(content, number):
    bits.put_eight(content, 0, number)


@given(EIGHT)
def test_eight_bytes(eight):
    letters, lowered, printable, number = _said(np.frombuffer(eight, np.uint8), 0)
    ascii_letters = [chr(one).isalpha() and one < 128 for one in eight]
    assert letters == ([*ascii_letters, False].index(False))
    assert int(number) == int.from_bytes(eight, "little")
    assert printable == all(32 <= one < 127 for one in eight)
    if max(eight) < 128:
        assert int(lowered).to_bytes(8, "little") == eight.lower()
    there = np.zeros(8, np.uint8)
    _copied(there, np.uint64(number))
    assert there.tobytes() == eight


@given(st.integers(1, 2**64 - 1))
def test_bits_of_a_number(number):
    many, first, upto = _bits(np.uint64(number))
    assert many == number.bit_count()
    assert first == (number & -number).bit_length() - 1
    assert upto == 2 ** min(64, number & 127) - 1


@given(TEXT, st.integers(0, 80))
def test_sixty_four_bytes_and_fewer(text, at):
    content = np.frombuffer(text.encode() + b"x", np.uint8)
    at = min(at, len(content) - 1)
    blank, wide = _blanks(content, at)
    here = content[at : at + 64].tolist()
    assert [int(blank) >> n & 1 for n in range(len(here))] == [one < 128 and chr(one).isspace() for one in here]
    assert [int(wide) >> n & 1 for n in range(len(here))] == [one >= 128 for one in here]
