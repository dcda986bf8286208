"""Whether a file is called what it is."""

import numpy as np
import polars as pl

from datastd.measures import measure, words
from datastd.measures.pictures import Column, Flags
from datastd.quiet import named
from datastd.sources.pictures import SUFFIXES
from datastd.words import choice


@words()
def wrong_suffix_said(encoding: Column, suffix: Column) -> pl.Series:
    """The suffix, and those that it could be."""
    said = [
        f"expected {choice(SUFFIXES[one])} of a {one}, found {named(end)}" if one in SUFFIXES
        else None for one, end in zip(encoding, suffix, strict=True)
    ]  # fmt: skip
    return pl.Series(said, dtype=pl.String)


@measure("F134", "image-format-extension-mismatch", unit="0 or 1", words=wrong_suffix_said)
def wrong_suffix(encoding: Column, suffix: Column) -> Flags:
    """
    Whether each picture's file has the suffix of another encoding than its bytes.

    Shape (N,), int64, 1 where it has.

    Why it matters:
        Decoders chosen by name fail on it, or decode it with other rounding than the rest.

    Remedy:
        Give the file the suffix of what it holds, or encode it as its suffix says.

    Source:
        ImageNet's n02105855_2933.JPEG, which is a PNG: TF-slim build_imagenet_data.py.
    """
    pairs = zip(encoding, suffix, strict=True)
    return np.array([end not in SUFFIXES.get(one, ()) for one, end in pairs], np.int64)
