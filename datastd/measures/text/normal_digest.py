"""What a document says, whatever its case, its numbers, its punctuation and its spaces."""

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from datastd.measures import kernel, measure
from datastd.measures.text.normal import Hashes, Normal, mixed
from datastd.measures.text.pieces import Numbers
from datastd.model import Level

_SEEDS = np.array([0x9E3779B97F4A7C15, 0xD1B54A32D192ED03], np.uint64)


@measure("L395", "doc-normalised-hash", unit="128-bit hash", level=Level.WARN, version=3)
def normal_digest(normal_words: Normal) -> pl.Series:
    """
    Hash of the words of each document, as datatrove's ``simplify_text`` leaves them.

    Shape (N,), 16 bytes each: equal for texts that differ in case, in what numbers are, in
    punctuation, white space and accents only.

    Why it matters:
        Pages of one template differ by a date.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datatrove's ``TextNormConfig`` by its defaults.
    """
    digests = _digests(normal_words.hashes, normal_words.offsets)
    ends = np.arange(len(digests) + 1) * 16
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(digests)]
    return pl.Series(pa.Array.from_buffers(pa.large_binary(), len(digests), buffers))


@kernel
def _digests(hashes: Hashes, offsets: Numbers) -> Any:  # noqa: ANN401  -- uint64, (N, 2)
    found = np.empty((len(offsets) - 1, 2), np.uint64)
    for n in range(len(found)):
        for half in range(2):
            value = _SEEDS[half]
            for word in range(offsets[n], offsets[n + 1]):
                value = mixed(value ^ hashes[word]) + _SEEDS[half]
            found[n, half] = value
    return found
