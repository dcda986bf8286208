"""A measure with several rows for each sample: the hash of each half of an image."""

import zlib

import numpy as np
import polars as pl

from datastd import measure


@measure("L990", "band-outside", unit="hash")
def bands(image: np.ndarray) -> pl.DataFrame:
    """
    CRC-32 of the upper and the lower half of each image.

    Columns ``row`` (of the sample in its batch), ``band`` (0 or 1) and ``hash``.

    Why it matters:
        Two crops of one photo share a half.

    Remedy:
        Keep one of them.

    Source:
        This package.
    """
    half = image.shape[1] // 2
    halves = [(n, b, one[b * half : (b + 1) * half]) for n, one in enumerate(image) for b in (0, 1)]
    return pl.DataFrame(
        [(n, b, zlib.crc32(part.tobytes())) for n, b, part in halves],
        {"row": pl.Int64, "band": pl.Int64, "hash": pl.Int64}, orient="row",
    )  # fmt: skip
