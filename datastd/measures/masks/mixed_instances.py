"""Which instances lie in several classes."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.measures import kernel, measure
from datastd.measures.masks import OF_CLASSES, Counts, Masks, numbered

_SHOWN = 8
_NONE, _VOID = 0, 255  # no instance, and the border around one


@measure("F277", "mask-mixed-instances", unit="instances")
def mixed_instances(mask: Masks, instance_mask: Masks, mask_kind: Counts) -> pl.Series:
    """
    Instances of each mask that cover pixels of more than one class, those of 255 left out.

    Shape (N,), String: the first eight in order, parted by spaces; empty for none, null where
    there are not both masks, or not in one size.  0 and 255 are no instances.

    Why it matters:
        One of the two masks is wrong, and nobody knows which a loader takes.

    Remedy:
        None: F258 judges it.

    Source:
        datastd's own definition.
    """
    found: list[str | None] = []
    for classes, instances, kind in zip(mask, instance_mask, mask_kind, strict=True):
        if kind != OF_CLASSES or classes.shape != instances.shape or not classes.size:
            found.append(None)
            continue
        known, places = numbered(instances)
        mixed = _mixed(places, classes, len(known))
        mixed &= (known != _NONE) & (known != _VOID)
        more = " …" if mixed.sum() > _SHOWN else ""
        found.append(" ".join(f"{one}" for one in known[mixed][:_SHOWN]) + more)
    return pl.Series(found, dtype=pl.String)


@kernel
def _mixed(instances: NDArray[Any], classes: NDArray[Any], count: int) -> NDArray[np.bool_]:
    """Of each instance, whether its pixels are of several classes."""
    first = np.zeros(count, classes.dtype)
    met, mixed = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    height, width = instances.shape
    for y in range(height):
        for x in range(width):
            one, value = instances[y, x], classes[y, x]
            if value != _VOID:
                if not met[one]:
                    met[one], first[one] = True, value
                mixed[one] |= first[one] != value
    return mixed
