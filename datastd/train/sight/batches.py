"""Batches: which form has what collate makes of items."""

import re
from collections.abc import Mapping

from datastd.train.sight.parts import leaves
from datastd.train.sight.pipeline import BESIDE

_STACKED = 4  # dimensions of pictures in a batch
_PICTURE = 3  # and of one


def bare(item: object) -> object:
    """An item as collate gets it."""
    if isinstance(item, Mapping) and any(name in item for name in BESIDE):
        return {name: value for name, value in item.items() if name not in BESIDE}
    return item


def form(batch: object) -> str:
    """
    Of each tensor its name, element type, number of dimensions, and channels; each once.

    Numbers in lists are left aside: a detector takes a list of as many as the batch has.
    """
    found = set()
    for place, value in leaves(batch):
        is_picture = value.ndim in {_PICTURE, _STACKED}
        channels = f", {value.shape[-_PICTURE]} channels" if is_picture else ""
        name = re.sub(r"\[\d+\]", "[]", place)
        found.add(f"{name} {value.dtype} of {value.ndim} dimensions{channels}")
    return "; ".join(sorted(found))


def size(batch: object) -> str:
    """Height and width of the pictures that are stacked; empty where there are none."""
    stacked = [value.shape[-2:] for _, value in leaves(batch) if value.ndim >= _STACKED]
    return ", ".join(f"{height} × {width}" for height, width in stacked)
