"""What pickles of CIFAR's are made of: how they are read, and how one is written."""

import struct
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from datastd.sources.cifar.defects import PickleOpcode
from datastd.sources.pickles import NUMPY, Dialect, read_dictionary
from datastd.sources.streams import Bytes

CIFAR = Dialect("CIFAR's files", PickleOpcode, NUMPY)


def read_pickle(path: str, content: Bytes) -> Mapping[object, object]:
    """
    Read the dictionary that a pickle of CIFAR's holds, by its keys.

    Raises:
        PickleOpcode: Anything else is in it; it names the byte.
    """
    return read_dictionary(path, content, CIFAR)


def write_pickle(pixels: NDArray[np.uint8], labels: Mapping[str, Sequence[int]]) -> Iterator[bytes]:
    """
    Write a batch as Python 2 did, piece by piece.

    Its keys are text of no declared encoding, so that every loader of CIFAR finds them: those
    that read them as bytes, and those that read them as Latin-1.

    Args:
        pixels: Shape (n, 3072).
        labels: Labels of the batch by key.
    """
    yield b"\x80\x02}("
    for name, values in labels.items():
        numbers = b"".join(map(_number, values))
        yield _short(name) + b"](" + numbers + b"e"
    shape = _number(len(pixels)) + _number(pixels.shape[1])
    yield _short("data") + b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"
    yield b"K\0\x85" + _short("b") + b"\x87R(K\x01" + shape + b"\x86"
    yield b"cnumpy\ndtype\n" + _short("u1") + b"K\0K\x01\x87R(K\x03" + _short("|")
    yield b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89"
    yield b"T" + struct.pack("<I", pixels.nbytes)
    yield np.ascontiguousarray(pixels).tobytes()
    yield b"tbu."


def _number(value: int) -> bytes:
    return b"K%c" % value if 0 <= value < 256 else b"J" + struct.pack("<i", value)  # noqa: PLR2004


def _short(text: str) -> bytes:
    """Text of fewer than 256 bytes, as Python 2 knew it."""
    return b"U%c" % len(text) + text.encode("ascii")
