"""
All pairs of 64-bit hashes that differ in a few bits: exact, nothing sampled.

Two hashes that differ in at most d bits agree in one of any d + 1 bands of bits. So
hashes are put into buckets by one band after another, and compared within a bucket. A
bucket that is too full (a band that is equal in all) is cut up anew, by bands of the bits
that still vary in it. Where bands would save nothing, all are compared with all: some
vector instructions for eight hashes.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from datastd.measures import helper, kernel

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int64]

MOST = 1 << 18  # pairs that are handed over at once
_FULL = 1 << 12  # hashes in a bucket that are worth cutting it up
_WIDE = 16  # bits of a band at most
_BLOCK = 128  # hashes compared before anyone asks whether one of them is near
# What it costs, in comparisons of all with all:
_IN_BUCKET = 3  # a comparison in a small bucket
_PUT = 50  # putting a hash into a bucket


def within(hashes: Hashes, distance: int) -> Iterator[NDArray[np.int32]]:
    """
    Find all pairs of *hashes* that differ in 1 to *distance* bits, or are one value twice.

    Yields arrays of shape (M, 3), int32: two positions, the lower first, and the number of
    bits; each pair once, at most `MOST` at a time, in an order that depends on *hashes*
    alone. Group equal values first: of n of them there are n (n - 1) / 2 pairs.
    """
    numbers = np.arange(len(hashes))
    for pairs in _search(hashes, numbers, distance, np.zeros(0, np.uint64)):
        swapped = pairs[:, 0] > pairs[:, 1]
        pairs[swapped, :2] = pairs[swapped, 1::-1]
        yield pairs


def _search(
    hashes: Hashes, numbers: Numbers, distance: int, known: Hashes
) -> Iterator[NDArray[np.int32]]:
    """Search among *numbers*, leaving out pairs that agree in a mask that is *known*."""
    bands = _bands(hashes[numbers], distance)
    if not bands:
        whole = np.array([0, len(numbers)])
        yield from _compared(hashes, numbers, whole, distance, known)
        return
    for band in bands:
        keys = _keys(hashes[numbers], band)
        order = np.argsort(keys, kind="stable")
        ends = np.cumsum(np.bincount(keys, minlength=1 << len(band)))
        sizes = np.diff(ends, prepend=0)
        full = np.flatnonzero(sizes > _FULL)
        for bucket in full:  # numbers stay in order: one search is like another
            there = numbers[order[ends[bucket] - sizes[bucket] : ends[bucket]]]
            yield from _search(hashes, there, distance, known)
        few = np.repeat(sizes <= _FULL, sizes)
        starts = np.concatenate([[0], np.cumsum(sizes[sizes <= _FULL])])
        yield from _compared(hashes, numbers[order[few]], starts, distance, known)
        mask = np.bitwise_or.reduce(np.uint64(1) << np.array(band, np.uint64))
        known = np.append(known, mask)


def _bands(hashes: Hashes, distance: int) -> list[list[int]]:
    """Cut the bits that vary into one band more than may differ; none if that saves nothing."""
    count = len(hashes)
    ones = _ones(hashes) / max(1, count)
    varying = [int(bit) for bit in np.argsort(abs(ones - 0.5), kind="stable") if 0 < ones[bit] < 1]
    # Bits that say most first, dealt in turns, so that each band says as much as another.
    wide = min(_WIDE, len(varying) // (distance + 1), max(1, count.bit_length()))
    if not wide or count <= _FULL:
        return []
    bands = [varying[n :: distance + 1][:wide] for n in range(distance + 1)]
    left = max(0, min(_WIDE, (len(varying) - wide) // (distance + 1)))
    again = min(1.0, _IN_BUCKET * (distance + 1) / (1 << left))
    cost = float(_PUT * count * len(bands))
    for band in bands:
        sizes = np.bincount(_keys(hashes, band)).astype(np.float64)
        cost += (np.where(sizes > _FULL, again, _IN_BUCKET) * sizes * sizes / 2).sum()
    return bands if cost < count * count / 2 else []


def _compared(
    hashes: Hashes, numbers: Numbers, starts: Numbers, distance: int, known: Hashes
) -> Iterator[NDArray[np.int32]]:
    """Compare all with all in each bucket of *numbers*."""
    ordered, state = hashes[numbers], np.zeros(3, np.int64)
    state[1] = starts[0]
    while state[0] < len(starts) - 1:
        found = np.empty((MOST, 3), np.int32)
        count = _compare(ordered, numbers, starts, np.uint64(distance), known, state, found)
        if count:
            yield found[:count]


@helper
def _bits(value: np.uint64) -> np.uint64:
    """Number of bits that are 1; LLVM makes one instruction of it."""
    value -= (value >> np.uint64(1)) & np.uint64(0x5555555555555555)
    low = value & np.uint64(0x3333333333333333)
    value = low + ((value >> np.uint64(2)) & np.uint64(0x3333333333333333))
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (value * np.uint64(0x0101010101010101)) >> np.uint64(56)


@kernel
def _compare(  # noqa: PLR0913, PLR0917  -- a kernel takes plain arrays
    hashes: Hashes, numbers: Numbers, starts: Numbers, distance: np.uint64, known: Hashes,
    state: Numbers, found: NDArray[np.int32],
) -> int:  # fmt: skip
    """Go on at *state* (bucket, hash, block) until all is compared or *found* is full."""
    count, near = 0, np.empty(_BLOCK, np.uint8)
    bucket, one, block = state
    while bucket < len(starts) - 1:
        end = starts[bucket + 1]
        while one < end:
            value = hashes[one]
            block = max(block, one + 1)
            while block < end:
                if count + _BLOCK > len(found):
                    state[0], state[1], state[2] = bucket, one, block
                    return count
                others = hashes[block : min(end, block + _BLOCK)]
                some = np.uint8(0)
                for n in range(others.size):
                    near[n] = _bits(value ^ others[n]) <= distance
                    some |= near[n]
                if some:
                    for n in range(others.size):
                        differs = value ^ others[n]
                        new = near[n] == 1
                        for mask in known:
                            new = new and (differs & mask) != 0
                        if new:
                            found[count, 0] = numbers[one]
                            found[count, 1] = numbers[block + n]
                            found[count, 2] = _bits(differs)
                            count += 1
                block += _BLOCK
            block = 0
            one += 1
        bucket += 1
    state[0], state[1], state[2] = bucket, one, block
    return count


@kernel
def _ones(hashes: Hashes) -> Numbers:
    """How many of *hashes* have each bit."""
    ones = np.zeros(64, np.int64)
    for value in hashes:
        for bit in range(64):
            ones[bit] += np.int64((value >> np.uint64(bit)) & np.uint64(1))
    return ones


def _keys(hashes: Hashes, band: list[int]) -> NDArray[np.uint16]:
    """The bits of a band, drawn together."""
    return _drawn(hashes, np.array(band, np.uint64))


@kernel
def _drawn(hashes: Hashes, bits: Hashes) -> NDArray[np.uint16]:
    keys = np.zeros(len(hashes), np.uint16)
    for n in range(len(hashes)):
        key = np.uint64(0)
        for bit in bits:
            key = (key << np.uint64(1)) | ((hashes[n] >> bit) & np.uint64(1))
        keys[n] = np.uint16(key)
    return keys
