"""Values that lie in a block of bytes, as columns."""

import contextlib

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.sources.jsonl.scan import gathered


def cut(block: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64]) -> pl.Series:
    """Copy the bytes between each start and stop; null where a start lies below 0."""
    import pyarrow as pa  # noqa: PLC0415

    plain = np.zeros(len(starts), np.bool_)
    content, offsets, valid = gathered(block, starts, stops, plain)
    mask = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    buffers = [mask, pa.py_buffer(offsets), pa.py_buffer(content)]
    return pl.Series(pa.Array.from_buffers(pa.large_binary(), len(starts), buffers))


def decoded(given: pl.Series) -> pl.Series:
    """Bytes as strings; null where they are no UTF-8, or none."""
    with contextlib.suppress(pl.exceptions.ComputeError):
        return given.cast(pl.String)
    return pl.Series(given.name, [_text(one) for one in given], pl.String)


def _text(content: bytes | None) -> str | None:
    with contextlib.suppress(UnicodeDecodeError):
        return None if content is None else content.decode()
    return None
