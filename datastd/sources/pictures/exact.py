"""
One mask: its values exactly as they are stored.

A mask is no picture: its numbers are classes, instances or segments, and a number that is
scaled or looked up in a palette is another one.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from PIL import Image

from datastd.sources import Array
from datastd.sources.pictures.decode import Picture, decode, lent, pixels

_DEPTH, _KIND = 24, 25  # bytes of a PNG: bits of a sample, and what kind of picture it is
_GREY = 0
_RGB, _ALL = np.uint32((1 << 24) - 1), np.uint32((1 << 32) - 1)
_SCALED = {2: 85, 4: 17}
"""By bits of a grey PNG, what decoders multiply its values with."""


def decode_mask(path: str, content: bytes, encodings: Iterable[str]) -> Picture[Array]:
    """
    Decode a mask; its ``pixels`` have shape (H, W).

    An index of a palette is the value, as is a grey level, of 16 bits too.  Of a grey PNG of
    2 or 4 bits, which decoders stretch over 8, it is what is stored, and its mode ``L;2`` or
    ``L;4``.  Several bands become one number, R + 256 G + 65536 B, and 2^24 times a fourth.

    Raises:
        Defect: It cannot be decoded whole, or must not be.
        MemoryError: It is within the limits, and there is no memory for it here.
    """
    picture = decode(path, content, encodings, _values)
    depth = content[_DEPTH] if picture.encoding == "PNG" and content[_KIND] == _GREY else 0
    if depth not in _SCALED:
        return picture
    stored = np.asarray(picture.pixels, np.uint8) // np.uint8(_SCALED[depth])
    return replace(picture, pixels=stored, mode=f"L;{depth}")


def _values(image: Image.Image) -> Array:
    """One number a pixel."""
    four = lent(image) if image.mode in {"RGB", "RGBA"} else None
    if four is not None:
        bands = _RGB if image.mode == "RGB" else _ALL
        return (four & bands).reshape(image.height, image.width)
    found = pixels(image)
    if found.shape[2] == 1:
        alone = found[..., 0]
        return alone.astype(np.uint8) if alone.dtype == np.bool_ else alone
    whole = np.zeros(found.shape[:2], np.uint32)
    for band in range(found.shape[2]):
        whole |= found[..., band].astype(np.uint32) << np.uint32(8 * band)
    return whole
