"""
Sixty-four bytes looked at together, as vectors of the processor: which of them are of a kind.

numba has no vectors; LLVM, which compiles its kernels, has, and makes of these what the processor
offers: one comparison of 64 bytes, or four of 16.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from datastd.bits import BLOCK
from datastd.kernels import IS_COMPILING

Look: TypeAlias = Callable[[NDArray[np.uint8], int], np.uint64]
"""Takes bytes, and where 64 of them begin; gives a bit for each that is of a kind, lowest first."""

_BYTES = ir.VectorType(ir.IntType(8), BLOCK)
_LETTERS, _CASE = 26, 0x20  # of ASCII, and the bit that tells a small one from a capital


def _every(byte: int) -> ir.Constant:
    return ir.Constant(_BYTES, [ir.IntType(8)(byte)] * BLOCK)


def _loaded(context: Any, builder: Any, kind: Any, content: Any, at: Any) -> Any:  # noqa: ANN401
    """The 64 bytes that begin somewhere in an array."""
    data = context.make_array(kind)(context, builder, content).data
    place = builder.bitcast(builder.gep(data, [at]), _BYTES.as_pointer())
    found = builder.load(place)
    found.align = 1
    return found


def those(these: Sequence[int], *, below: int = 0, above: int = 256) -> Look:
    """
    Look for bytes that are one of *these*, less than *below*, or no less than *above*.

    For kernels, which answer for it that 64 bytes are there.
    """

    def plain(content: NDArray[np.uint8], at: int) -> np.uint64:
        some = content[at : at + BLOCK]
        found = np.isin(some, these) | (some < below) | (some >= above)
        return np.uint64(np.packbits(found, bitorder="little").view(np.uint64)[0])

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        some = _loaded(context, builder, signature.args[0], *arguments)
        marks = [builder.icmp_unsigned("==", some, _every(byte)) for byte in these]
        marks += [builder.icmp_unsigned("<", some, _every(below))] if below else []
        marks += [builder.icmp_unsigned(">=", some, _every(above))] if above <= 255 else []  # noqa: PLR2004
        found = marks[0]
        for one in marks[1:]:
            found = builder.or_(found, one)
        return builder.bitcast(found, ir.IntType(BLOCK))

    def look(_: Any, content: Any, at: Any) -> Any:  # noqa: ANN401
        del at
        return types.uint64(content, types.int64), codegen

    return cast("Look", intrinsic(look)) if IS_COMPILING else plain


def _mover(*, lowers: bool) -> Callable[..., None]:
    """Copy blocks as they are, or with small letters for capitals of ASCII."""

    def plain(content: NDArray[np.uint8], at: int, into: NDArray[np.uint8], end: int) -> None:
        some = content[at : at + BLOCK]
        capital = (some >= ord("A")) & (some <= ord("Z"))
        into[end : end + BLOCK] = np.where(capital, some | _CASE, some) if lowers else some

    def moved(_: Any, content: Any, at: Any, into: Any, end: Any) -> Any:  # noqa: ANN401
        del at, end

        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
            some = _loaded(context, builder, signature.args[0], *arguments[:2])
            if lowers:
                letter = builder.sub(some, _every(ord("A")))
                capital = builder.icmp_unsigned("<", letter, _every(_LETTERS))
                some = builder.select(capital, builder.or_(some, _every(_CASE)), some)
            data = context.make_array(signature.args[2])(context, builder, arguments[2]).data
            place = builder.bitcast(builder.gep(data, [arguments[3]]), _BYTES.as_pointer())
            builder.store(some, place).align = 1
            return context.get_dummy_value()

        return types.void(content, types.int64, into, types.int64), codegen

    return cast("Callable[..., None]", intrinsic(moved)) if IS_COMPILING else plain


move = _mover(lowers=False)
"""Copies 64 bytes of an array from a place of it to a place in another: both have to be there."""

move_lowered = _mover(lowers=True)
"""Copies likewise, with small letters for the capitals of ASCII."""
