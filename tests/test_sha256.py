"""SHA-256 of many at once is what hashlib says of each."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datastd import sha256


def parts(lengths, seed=0):
    content = np.random.default_rng(seed).integers(0, 256, sum(lengths), dtype=np.uint8).tobytes()
    stops = np.cumsum(np.array(lengths, np.int64), dtype=np.int64)
    starts = stops - np.array(lengths, np.int64)
    each = [content[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)]
    return content, starts, stops, [hashlib.sha256(one).digest() for one in each]


def test_of_each_length_around_the_ends_of_blocks():
    content, starts, stops, expected = parts([*range(200)])
    found = sha256._hashes(np.frombuffer(content, np.uint8), starts, stops)
    assert [one.tobytes() for one in found] == expected


@settings(max_examples=40)
@given(lengths=st.lists(st.integers(0, 700), max_size=90), seed=st.integers(0, 9))
def test_of_any_number_of_them(lengths, seed):
    content, starts, stops, expected = parts(lengths, seed)
    found = sha256._hashes(np.frombuffer(content, np.uint8), starts, stops)
    assert [one.tobytes() for one in found] == expected


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("lengths", [
    [], [3], [40_000], [7] * 80, [40_000] * 3 + [11] * 70, [32 << 10, (32 << 10) + 1] * 2 + [0] * 64,
], ids=len)  # fmt: skip
def test_long_and_short_ones_come_in_their_order(monkeypatch, wide, lengths):
    monkeypatch.setattr(sha256, "_is_wide", lambda: wide)
    content, starts, stops, expected = parts(lengths)
    assert [one.tobytes() for one in sha256.of_parts(content, starts, stops)] == expected


def test_parts_may_overlap_and_leave_out():
    content = bytes(range(256)) * 4
    starts = np.arange(100, dtype=np.int64)
    stops = starts * 3 + 5
    expected = [hashlib.sha256(content[a:b]).digest() for a, b in zip(starts.tolist(), stops.tolist(), strict=True)]
    assert [one.tobytes() for one in sha256.of_parts(content, starts, stops)] == expected


def test_the_constants_are_those_of_the_standard():
    assert (sha256._ADDED[0], sha256._ADDED[63]) == (0x428A2F98, 0xC67178F2)
    assert (sha256._BEGUN[0], len(sha256._PRIMES)) == (0x6A09E667, 64)
