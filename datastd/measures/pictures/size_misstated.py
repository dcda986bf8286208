"""Whether a picture has the size that its index states."""

import numpy as np
import polars as pl

from datastd.measures import Numbers, measure, words
from datastd.measures.pictures import Column, Flags


@words()
def size_misstated_said(image: Numbers, stated_width: Column, stated_height: Column) -> pl.Series:
    """Both sizes."""
    height, width = image.shape[1:3]
    pairs = zip(np.asarray(stated_width).tolist(), np.asarray(stated_height).tolist(), strict=True)
    said = [f"expected {wide} × {high} px, as is stated, found {width} × {height} px"
            for wide, high in pairs]  # fmt: skip
    return pl.Series(said, dtype=pl.String)


@measure(
    "F142",
    "image-dimension-metadata-mismatch",
    unit="0, 1, or 2 where swapped",
    words=size_misstated_said,
)
def size_misstated(image: Numbers, stated_width: Column, stated_height: Column) -> Flags:
    """
    Whether each picture has another width or height than its index states.

    Shape (N,), int64: 0 where they agree or nothing is stated, 2 where width and height
    are swapped, which EXIF's orientation does, and 1 otherwise.

    Why it matters:
        Whatever was computed from the stated size, boxes and masks above all, is about
        another picture.

    Remedy:
        Write the sizes of the stored pixels into the index.

    Source:
        datastd's own definition.
    """
    height, width = image.shape[1:3]
    wide, high = np.asarray(stated_width), np.asarray(stated_height)
    differs = ((wide > 0) & (wide != width)) | ((high > 0) & (high != height))
    swapped = (wide == height) & (high == width)
    return np.where(differs, np.where(swapped, 2, 1), 0).astype(np.int64)
