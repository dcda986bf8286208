"""How the values of a mask are stored."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.masks import OF_CLASSES, Counts

WIDE = "I;16 of more than 255"
"""What 16 bits are that are needed, for classes or for instances."""

_NARROW = 255


@measure("F251", "mask-mode", unit="mode")
def label_mode(mask_mode: pl.Series, mask_kind: Counts, class_counts: pl.Series) -> pl.Series:
    """
    Pillow's name of how the values of each mask are stored; shape (N,), String.

    ``L`` is 8 bits, ``P`` indices of a palette, ``L;2`` and ``L;4`` are fewer bits of grey,
    which decoders stretch over 8; ``RGB`` and the like are colours.  16 bits are
    ``I;16``, but ``I;16 of more than 255`` where there are so many classes, and in a mask of
    instances.

    Why it matters:
        A mask in colours has to be decoded by a palette that nobody wrote down, and what
        ``cv2.IMREAD_GRAYSCALE`` makes of a palette is luminance: classes that were never there.

    Remedy:
        Write indices: 8-bit grey, or a palette and ``PIL.Image.open``.

    Source:
        PFENet#12, TorchSeg#65.
    """
    wide = (class_counts > _NARROW).fill_null(value=False)
    wide |= pl.Series(np.asarray(mask_kind) != OF_CLASSES)
    is_wide = (mask_mode == "I;16") & wide
    return pl.select(pl.when(is_wide).then(pl.lit(WIDE)).otherwise(mask_mode)).to_series()
