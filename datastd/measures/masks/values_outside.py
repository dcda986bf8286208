"""Which values of a mask are no class."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.masks import OF_CLASSES, Counts, Looked

_SHOWN = 8


@measure("F279", "mask-values-outside", unit="values")
def values_outside(
    looked: Looked, mask_kind: Counts, class_counts: pl.Series, mask_ignore: int | None
) -> pl.Series:
    """
    Values of each mask of classes that are neither one of these nor the one that is ignored.

    Shape (N,), String: the first eight in order, parted by spaces; empty for none, null of a
    mask of instances, and where nobody says how many classes there are.

    Why it matters:
        A loss ends the process at such a value on a GPU, or a class is trained that is none.

    Remedy:
        None: F253 judges it.

    Source:
        datastd's own definition.
    """
    found: list[str | None] = []
    for values, kind, count in zip(looked.values, mask_kind, class_counts, strict=True):
        if kind != OF_CLASSES or count is None:
            found.append(None)
            continue
        outside = values[((values < 0) | (values >= count)) & (values != _other(mask_ignore))]
        more = " …" if len(outside) > _SHOWN else ""
        found.append(" ".join(f"{value}" for value in outside[:_SHOWN]) + more)
    return pl.Series(found, dtype=pl.String)


def _other(ignored: int | None) -> float:
    """The value that is ignored; where there is none, one that no pixel has."""
    return np.nan if ignored is None else ignored
