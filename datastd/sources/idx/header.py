"""The header of an IDX file, read and written."""

import gzip
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from datastd.sources import Array
from datastd.sources.files import PicklePayload, pickle_in
from datastd.sources.idx.defects import (
    DtypeUnknown,
    LengthMismatch,
    MagicNonzeroPrefix,
    NdimUnexpected,
)

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}
"""Third byte of the magic number, and the element type it stands for."""

NAMES = {"ubyte": "u1", "byte": "i1", "short": "i2", "int": "i4", "float": "f4", "double": "f8"}
"""What a file's name calls an element type."""


class Header(NamedTuple):
    """
    What an IDX file says of itself.

    Attributes:
        dtype: Element type, big-endian.
        shape: Sizes of 1 to 4 axes; Python integers, which do not wrap.
        start: Offset of the first element, in bytes.
    """

    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    start: int

    @property
    def size(self) -> int:
        """Bytes that a whole file has."""
        return self.start + math.prod(self.shape) * self.dtype.itemsize

    @property
    def stride(self) -> int:
        """Bytes of one sample."""
        return math.prod(self.shape[1:]) * self.dtype.itemsize


def read_header(path: str, head: bytes) -> Header:
    """
    Read magic number and sizes from the first bytes of a file (20 are enough).

    Raises:
        Defect: The bytes are no IDX header; it names byte, expected and found.
    """
    if found := pickle_in(head):
        raise PicklePayload(path, "byte 0", "an IDX header", found)
    if len(head) < 4:  # noqa: PLR2004
        raise LengthMismatch(
            path,
            f"byte {len(head)}",
            "a magic number of 4 bytes",
            "the end of the file",
        )
    if head[:2] != b"\0\0":
        hint = " (gzip: name it .gz)" if head[:2] == b"\x1f\x8b" else ""
        raise MagicNonzeroPrefix(path, "byte 0", "0000", head[:2].hex() + hint)
    if head[2] not in TYPES:
        known = ", ".join(f"{code:02x}" for code in TYPES)
        raise DtypeUnknown(path, "byte 2", f"one of {known}", f"{head[2]:02x}")
    axes = head[3]
    if not 1 <= axes <= 4:  # noqa: PLR2004
        raise NdimUnexpected(path, "byte 3", "1 to 4 axes", str(axes))
    start = 4 + 4 * axes
    if len(head) < start:
        raise LengthMismatch(
            path, f"byte {len(head)}", f"{axes} sizes up to byte {start}", "the end"
        )
    shape = tuple(int(n) for n in np.frombuffer(head[4:start], ">u4"))
    return Header(np.dtype(f">{TYPES[head[2]]}"), shape, start)


def head(dtype: np.dtype[np.generic], shape: Sequence[int]) -> bytes:
    """The header of elements of a type in `TYPES`, with 1 to 4 axes."""
    code = next(code for code, name in TYPES.items() if name == dtype.str[1:])
    return bytes([0, 0, code, len(shape)]) + np.array(shape, ">u4").tobytes()


def called(dtype: np.dtype[np.generic], axes: int) -> str:
    """What the name of such a file ends with, such as ``idx3-ubyte``."""
    return f"idx{axes}-{next(name for name, of in NAMES.items() if of == dtype.str[1:])}"


def encode(array: Array, stem: str, *, gz: bool = False) -> tuple[str, bytes]:
    """
    Write an array as an IDX file.

    Args:
        array: 1 to 4 axes; element type as in `TYPES`, in either byte order.
        stem: First part of the file's name, such as ``train-images``.
        gz: Whether to compress.

    Returns:
        The file's name, such as ``train-images-idx3-ubyte.gz``, and its content.

    Raises:
        ValueError: Another element type, or another number of axes.
    """
    kind = array.dtype.str[1:]
    if kind not in TYPES.values() or not 1 <= array.ndim <= 4:  # noqa: PLR2004
        msg = f"{stem}: expected 1 to 4 axes of {', '.join(TYPES.values())}, found {array.dtype}"
        raise ValueError(msg)
    content = head(array.dtype, array.shape) + array.astype(array.dtype.newbyteorder(">")).tobytes()
    name = f"{stem}-{called(array.dtype, array.ndim)}"
    # No time in the header: the same array gives the same bytes.
    return (f"{name}.gz", gzip.compress(content, mtime=0)) if gz else (name, content)
