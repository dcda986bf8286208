"""The search for near hashes finds what a comparison of all with all finds, each pair once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datastd.engines import hamming
from datastd.engines.hamming import within


@pytest.fixture(autouse=True)
def _small_buckets(monkeypatch):
    """What many hashes need, seen with few: bands, full buckets, and full arrays of pairs."""
    monkeypatch.setattr(hamming, "_FULL", 8)
    monkeypatch.setattr(hamming, "_PUT", 0)
    monkeypatch.setattr(hamming, "MOST", 200)


def all_with_all(hashes, distance):
    found = set()
    for n, value in enumerate(hashes):
        bits = np.bitwise_count(hashes[n + 1 :] ^ value)
        found |= {(n, n + 1 + int(m), int(bits[m])) for m in np.flatnonzero(bits <= distance)}
    return found


def searched(hashes, distance):
    found = [tuple(map(int, pair)) for some in within(hashes, distance) for pair in some]
    assert len(found) == len({*found})
    return {*found}


def planted(count, *, seed=0, bits=64, near=0.3, fixed=0):
    """Random hashes of which a share repeats another with up to 6 bits changed."""
    random = np.random.default_rng(seed)
    hashes = random.integers(0, 1 << 63, count, dtype=np.uint64) << np.uint64(1)
    hashes |= random.integers(0, 2, count, dtype=np.uint64)
    hashes &= np.uint64((1 << bits) - 1)
    for n in np.flatnonzero(random.random(count) < near):
        hashes[n] = hashes[random.integers(count)]
        for bit in random.integers(0, bits, random.integers(0, 7)):
            hashes[n] ^= np.uint64(1) << np.uint64(bit)
    return hashes | np.uint64(fixed)


@given(
    st.integers(0, 150), st.integers(0, 12), st.integers(0, 10**6), st.sampled_from([1, 3, 8, 20, 64]),
    st.sampled_from([0, 0xFFF, 0xFFF << 52, 0xF0F0F0F0F0F0F0F0, 0xFFFFFFFF]),
)  # fmt: skip
@settings(max_examples=150)
def test_it_finds_what_all_with_all_finds(count, distance, seed, bits, fixed):
    hashes = planted(count, seed=seed, bits=bits, fixed=fixed)
    assert searched(hashes, distance) == all_with_all(hashes, distance)


@pytest.mark.parametrize("fixed", [0, 0x1FFF, 0x3FFFFFF])
@pytest.mark.parametrize("distance", [1, 4, 8])
def test_bands_and_full_buckets_leave_nothing_out(fixed, distance):
    hashes = planted(3000, fixed=fixed)
    assert hamming._bands(hashes, distance)  # no comparison of all with all
    assert searched(hashes, distance) == all_with_all(hashes, distance)


def test_a_band_that_most_have_in_common():
    hashes = np.where(np.arange(2000) % 20 > 0, planted(2000) | np.uint64(0x1FFF), planted(2000))
    assert searched(hashes, 4) == all_with_all(hashes, 4)


@given(st.randoms(use_true_random=False), st.integers(0, 10**6))
@settings(max_examples=10)
def test_order_changes_no_pair(shuffler, seed):
    hashes = planted(200, seed=seed)
    order = [*range(200)]
    shuffler.shuffle(order)
    plain = {tuple(sorted((order[a], order[b]))) for a, b, _ in searched(hashes[order], 4)}
    assert plain == {(a, b) for a, b, _ in searched(hashes, 4)}


def test_one_search_is_like_another_and_hands_over_bounded_parts():
    hashes = planted(2000, near=0.9)
    first, second = [*within(hashes, 6)], [*within(hashes, 6)]
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
        assert len(one) <= hamming.MOST


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_hashes(count):
    assert searched(np.zeros(count, np.uint64), 0) == ({(0, 1, 0)} if count == 2 else set())
