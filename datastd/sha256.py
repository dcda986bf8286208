"""
SHA-256 of many short messages at once.

A processor with vectors of 512 bits goes through sixteen messages in less time than its own
instructions for SHA-256 go through one after the other; and Python is asked once, not for each.
What it gives is what `hashlib` gives, which does the work wherever that is not so.

Source:
    FIPS 180-4, sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, cast

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from datastd.kernels import IS_COMPILING, kernel
from datastd.waiting import once

LANES = 16
SIZE = 32  # bytes of a hash
_BLOCK, _FIELD = 64, 8  # bytes of a block, and of the length at the end of the last
_LONG = 32 << 10  # bytes of a message with which the others would not keep step
_FEW = 4 * LANES  # messages for which it is not worth while
_ROUNDS = 64

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]


def _root(number: int, degree: int) -> int:
    """The first 32 bits of the fraction of a root."""
    low, high = 0, number << 32
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= number << 32 * degree else (low, middle - 1)
    return low & 0xFFFFFFFF


_PRIMES = [n for n in range(2, 312) if all(n % k for k in range(2, n))]
_ADDED = [_root(prime, 3) for prime in _PRIMES]
_BEGUN = np.array([_root(prime, 2) for prime in _PRIMES[:8]], np.uint32)

_WORDS = ir.VectorType(ir.IntType(32), LANES)


def _every(value: int) -> ir.Constant:
    return ir.Constant(_WORDS, [ir.IntType(32)(value)] * LANES)


def _function(builder: Any, name: str, takes: int) -> Any:  # noqa: ANN401
    """One of LLVM's own functions of vectors."""
    kind, called = ir.FunctionType(_WORDS, [_WORDS] * takes), f"llvm.{name}.v{LANES}i32"
    declared: Any = cgutils.get_or_insert_function
    return declared(builder.module, kind, called)


def _mixed(builder: Any, state: list[Any], words: list[Any]) -> list[Any]:  # noqa: ANN401
    """The state of sixteen messages behind a block of each."""
    shifted = _function(builder, "fshl", 3)

    def turned(value: Any, *by: int) -> Any:  # noqa: ANN401
        found = [builder.call(shifted, [value, value, _every(32 - bits)]) for bits in by]
        return exclusive(*found)

    def exclusive(first: Any, *others: Any) -> Any:  # noqa: ANN401
        for one in others:
            first = builder.xor(first, one)
        return first

    def total(first: Any, *others: Any) -> Any:  # noqa: ANN401
        for one in others:
            first = builder.add(first, one)
        return first

    a, b, c, d, e, f, g, h = state
    for n in range(_ROUNDS):
        if n >= len(words):
            old, late = words[n - 15], words[n - 2]
            small = exclusive(turned(old, 7, 18), builder.lshr(old, _every(3)))
            large = exclusive(turned(late, 17, 19), builder.lshr(late, _every(10)))
            words.append(total(words[n - 16], small, words[n - 7], large))
        choice = exclusive(g, builder.and_(e, exclusive(f, g)))
        most = builder.or_(builder.and_(a, b), builder.and_(c, builder.or_(a, b)))
        one = total(h, words[n], _every(_ADDED[n]), choice, turned(e, 6, 11, 25))
        other = total(turned(a, 2, 13, 22), most)
        a, b, c, d, e, f, g, h = total(one, other), a, b, c, total(d, one), e, f, g
    return [builder.add(*pair) for pair in zip(state, [a, b, c, d, e, f, g, h], strict=True)]


def _compress(_: Any, state: Any, places: Any) -> Any:  # noqa: ANN401
    """Take a block of each message, that begins at an address, into the states: (8, 16)."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        word, number = ir.IntType(32), ir.IntType(64)
        data = [
            context.make_array(kind)(context, builder, one).data
            for kind, one in zip(signature.args, arguments, strict=True)
        ]
        lanes = [
            builder.inttoptr(
                builder.load(builder.gep(data[1], [number(lane)])), word.as_pointer()
            )
            for lane in range(LANES)
        ]  # fmt: skip
        swapped, words = _function(builder, "bswap", 1), []
        for n in range(16):
            value = ir.Constant(_WORDS, ir.Undefined)
            for lane, begin in enumerate(lanes):
                one = builder.load(builder.gep(begin, [number(n)]))
                one.align = 1
                value = builder.insert_element(value, one, word(lane))
            words.append(builder.call(swapped, [value]))
        rows = [
            builder.gep(builder.bitcast(data[0], _WORDS.as_pointer()), [number(n)])
            for n in range(len(_BEGUN))
        ]
        before = [builder.load(row) for row in rows]
        for one in before:
            one.align = 4
        for value, row in zip(_mixed(builder, before, words), rows, strict=True):
            builder.store(value, row).align = 4
        return context.get_dummy_value()

    return types.void(state, places), codegen


_take = cast("Callable[[NDArray[np.uint32], Numbers], None]", intrinsic(_compress))


@kernel
def _hashes(content: Bytes, starts: Numbers, stops: Numbers) -> Bytes:  # noqa: C901, PLR0912
    found = np.empty((len(starts), SIZE), np.uint8)
    state, ends = np.zeros((8, LANES), np.uint32), np.zeros((LANES, 2 * _BLOCK), np.uint8)
    base, end = np.int64(content.ctypes.data), np.int64(ends.ctypes.data)
    # Of each lane: its message, where its next block is, and how many there are, then of the end.
    which, places = np.full(LANES, -1, np.int64), np.full(LANES, end, np.int64)
    whole, padded = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    following = 0
    while True:
        steps = np.int64(-1)
        for lane in range(LANES):
            if not (whole[lane] or padded[lane]):
                if which[lane] >= 0:
                    for n in range(SIZE):
                        word = state[n // 4, lane] >> np.uint32(24 - 8 * (n % 4))
                        found[which[lane], n] = np.uint8(word & np.uint32(0xFF))
                which[lane] = -1
                if following < len(starts):
                    at, size = starts[following], stops[following] - starts[following]
                    which[lane] = following
                    following += 1
                    for n in range(8):
                        state[n, lane] = _BEGUN[n]
                    whole[lane], rest = size // _BLOCK, size % _BLOCK
                    padded[lane] = 1 if rest < _BLOCK - _FIELD else 2
                    for n in range(2 * _BLOCK):
                        ends[lane, n] = content[at + size - rest + n] if n < rest else 0
                    ends[lane, rest] = 0x80
                    for n in range(_FIELD):
                        bits = np.uint64(8 * size) >> np.uint64(8 * n)
                        ends[lane, _BLOCK * padded[lane] - 1 - n] = np.uint8(bits & np.uint64(0xFF))
                    places[lane] = base + at if whole[lane] else end + 2 * _BLOCK * lane
            if which[lane] >= 0:
                left = whole[lane] or padded[lane]
                steps = left if steps < 0 else min(steps, left)
        if steps < 0:
            return found
        for _ in range(steps):
            _take(state, places)
            for lane in range(LANES):  # one that has no message stays where it is
                places[lane] += _BLOCK * (which[lane] >= 0)
        for lane in range(LANES):
            if which[lane] >= 0 and whole[lane]:
                whole[lane] -= steps
                if not whole[lane]:
                    places[lane] = end + 2 * _BLOCK * lane
            elif which[lane] >= 0:
                padded[lane] -= steps


@once
def _is_wide() -> bool:
    """Say whether kernels are compiled, and for a processor with vectors of 512 bits."""
    has = llvm.get_host_cpu_features()
    return IS_COMPILING and bool(has.get("avx512f", False))


def of_parts(content: bytes, starts: Numbers, stops: Numbers) -> Bytes:
    """SHA-256 of each of several parts of *content*; shape (N, 32)."""
    found = np.empty((len(starts), SIZE), np.uint8)
    alone = stops - starts > _LONG
    if len(alone) - alone.sum() < _FEW or not _is_wide():
        alone[:] = True
    together = np.flatnonzero(~alone)
    if len(together):
        found[together] = _hashes(
            np.frombuffer(content, np.uint8), starts[together], stops[together]
        )
    rows = np.flatnonzero(alone)
    each = b"".join(_one_by_one(content, starts[rows], stops[rows]))
    found[rows] = np.frombuffer(each, np.uint8).reshape(-1, SIZE)
    return found


def _one_by_one(content: bytes, starts: Numbers, stops: Numbers) -> Iterator[bytes]:
    view = memoryview(content)
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        yield hashlib.sha256(view[start:stop]).digest()
