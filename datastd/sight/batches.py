"""Batches: which form has what collate makes of items."""

import re
from collections.abc import Iterable, Mapping

from datastd.sight.parts import array, leaves, part, picture
from datastd.sight.pipeline import BESIDE, PARTS, Pipeline

_STACKED = 4  # dimensions of pictures in a batch


def bare(item: object) -> object:
    """An item as collate gets it."""
    if isinstance(item, Mapping) and any(name in item for name in BESIDE):
        return {name: value for name, value in item.items() if name not in BESIDE}
    return item


def form(batch: object, items: Iterable[object], pipeline: Pipeline) -> str:
    """
    Of each tensor its name, element type and number of dimensions, each once; and channels.

    Places in lists are left aside: a detector takes a list of as many as the batch has.
    Channels are those of the items' pictures: of a tensor nobody knows which axis they are.
    """
    found = set()
    for place, value in leaves(batch):
        name = re.sub(r"\[\d+\]", "[]", place)
        found.add(f"{name} {value.dtype} of {value.ndim} dimensions")
    pictures = (picture(item, pipeline) for item in items)
    channels = {f"{len(one.pixels)}" for one in pictures if one}
    several = [f"pictures of {', '.join(sorted(channels))} channels"] if channels else []
    return "; ".join([*sorted(found), *several])


def size(batch: object) -> str:
    """Height and width of the pictures that are stacked; empty where there are none."""
    stacked = [value.shape[-2:] for _, value in leaves(batch) if value.ndim >= _STACKED]
    return ", ".join(f"{height} × {width}" for height, width in stacked)


def lost(batch: object, items: Iterable[object], pipeline: Pipeline) -> str:
    """
    What a batch has of the numbers of its items, in words; empty where it has room for all.

    Counted are the parts of items that are looked at: padding adds to them, and whatever else a
    batch has does, too, so that no more is said than is sure.
    """
    given = sum(_numbers(item, pipeline) for item in items)
    kept = sum(value.size for _, value in leaves(batch))
    return f"one of {kept} numbers for the {given} of its items" if kept < given else ""


def _numbers(item: object, pipeline: Pipeline) -> int:
    if (found := array(item)) is not None:
        return found.size
    if isinstance(item, list | tuple):
        return sum(_numbers(one, pipeline) for one in item)
    parts = {id(one): one for name in PARTS if (one := part(item, name, pipeline)) is not None}
    return sum(found.size for one in parts.values() if (found := array(one)) is not None)
