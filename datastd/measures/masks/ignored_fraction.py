"""How much of a mask is ignored."""

import numpy as np
from numpy.typing import NDArray

from datastd.measures import measure
from datastd.measures.masks import OF_CLASSES, Counts, Looked
from datastd.model import Level


@measure("F276", "mask-ignored-fraction", unit="fraction of pixels", level=Level.WARN)
def ignored_fraction(
    looked: Looked, mask_kind: Counts, mask_ignore: int | None
) -> NDArray[np.float64]:
    """
    Share of the pixels of each mask that have the value that is ignored; shape (N,).

    A mask of instances has none.

    Why it matters:
        Nothing is learned from them.

    Remedy:
        None: F256 judges it.

    Source:
        datastd's own definition.
    """
    found = [
        counts[values == mask_ignore].sum() if kind == OF_CLASSES and mask_ignore is not None else 0
        for values, counts, kind in zip(looked.values, looked.counts, mask_kind, strict=True)
    ]
    return np.array(found, np.float64) / looked.pixels
