"""What an item has: its parts by name or place, as plain arrays."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from datastd.sight.pipeline import Pipeline

Numbers: TypeAlias = NDArray[Any]

_CHANNELS = (1, 3, 4)  # grey, colours, and colours with transparency
_DIMENSIONS: Mapping[str, tuple[int, ...]] = {
    "picture": (2, 3), "label": (0, 1), "boxes": (2,), "box_labels": (1,), "mask": (2, 3),
    "ids": (1,), "targets": (1,), "start": (0, 1), "end": (0, 1), "attention": (1,),
}  # fmt: skip


SIDES = ("chosen", "rejected")
"""Sides of a preference, of which names in an item begin."""


class TwoNames(Exception):  # noqa: N818
    """An item that has something else under each of two names of one part: neither is taken."""

    def __init__(self, part: str, names: list[str]) -> None:
        super().__init__(
            f"expected one name for the part {part}, found {' and '.join(names)} "
            f"(Pipeline.names says which)"
        )


class Picture(NamedTuple):
    """
    The picture of an item.

    Attributes:
        pixels: Its numbers, channels first: (C, H, W).
        height: In pixels.
        width: Likewise.
    """

    pixels: Numbers
    height: int
    width: int


def array(value: object) -> Numbers | None:
    """A value as an array of numbers or Booleans; None where it is none."""
    if isinstance(value, torch.Tensor):
        plain = value.detach().as_subclass(torch.Tensor).cpu()
        return plain.float().numpy() if plain.dtype == torch.bfloat16 else plain.numpy()
    if isinstance(value, Image.Image):
        return np.asarray(value)
    is_list = isinstance(value, list | tuple) and len(value) > 0
    if is_list and all(isinstance(one, int | float) for one in value):  # type: ignore[attr-defined]
        value = np.array(value)
    if isinstance(value, int | float):
        value = np.array(value)
    is_numbers = isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biuf"
    return np.asarray(value) if is_numbers else None


def fields(value: object) -> Mapping[Any, Any] | None:
    """What something has by name, as a mapping or an object of a user's does; else None."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, type | torch.Tensor | np.ndarray | Image.Image | list | tuple):
        return None
    if dataclasses.is_dataclass(value):
        return {one.name: getattr(value, one.name, None) for one in dataclasses.fields(value)}
    return getattr(value, "__dict__", None) or None


def leaves(value: object, place: str = "") -> Iterator[tuple[str, Numbers]]:
    """Every array in an item or a batch, with where it is: ``[1].boxes``; the whole is ````."""
    if (named := fields(value)) is not None:
        for name, one in named.items():
            yield from leaves(one, f"{place}.{name}" if place else str(name))
    elif (found := array(value)) is not None:
        yield place, found
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from leaves(one, f"{place}[{number}]")


def part(item: object, name: str, pipeline: Pipeline) -> object | None:
    """
    The part of an item that has one of the names it may have; None where there is none.

    Raises:
        TwoNames: Two of its names have values that may both be it, and that differ.
    """
    there = [
        (called, mapping[called])
        for mapping in _mappings(item)
        for called in pipeline.named(name)
        if mapping.get(called) is not None
    ]
    if len(there) > 1:
        there = [one for one in there if _fits(one[1], name)] or there[:1]
    if any(not _same(there[0][1], value) for _, value in there[1:]):
        raise TwoNames(name, [called for called, _ in there])
    return there[0][1] if there else None


def _fits(value: object, name: str) -> bool:
    """Say whether something may be a part, as far as its dimensions tell."""
    found = array(value)
    return name not in _DIMENSIONS or (found is not None and found.ndim in _DIMENSIONS[name])


def _same(one: object, other: object) -> bool:
    if one is other:
        return True
    some, others = array(one), array(other)
    return some is not None and others is not None and np.array_equal(some, others)


def _mappings(item: object) -> Iterator[Mapping[Any, Any]]:
    if (named := fields(item)) is not None:
        yield named  # and targets that have names of their own, as of DETR
        yield from (inner for one in named.values() if (inner := fields(one)) is not None)
    elif isinstance(item, list | tuple):
        if hasattr(item, "_asdict"):
            yield item._asdict()
        yield from (named for one in item if (named := fields(one)) is not None)


def picture(item: object, pipeline: Pipeline) -> Picture | None:
    """The picture of an item: by name, the first of a pair, or the item itself."""
    found = part(item, "picture", pipeline)
    if found is None and fields(item) is None:
        found = item[0] if isinstance(item, list | tuple) and len(item) else item
    pixels = array(found)
    if pixels is None or pixels.ndim not in {2, 3}:
        return None
    if pixels.ndim == 2:  # noqa: PLR2004
        pixels = pixels[None]
    elif _channels_last(pixels, isinstance(found, torch.Tensor)):
        pixels = pixels.transpose(2, 0, 1)
    return Picture(pixels, *pixels.shape[1:])


def _channels_last(pixels: Numbers, is_tensor: bool) -> bool:  # noqa: FBT001
    """Say whether the last axis is that of channels: of tensors the first one should be."""
    first, last = pixels.shape[0] in _CHANNELS, pixels.shape[2] in _CHANNELS
    return last and not (first and is_tensor)


def target(item: object, name: str, pipeline: Pipeline) -> object | None:
    """A target: by name, or the second of a pair that is no mapping."""
    found = part(item, name, pipeline)
    is_pair = isinstance(item, list | tuple) and len(item) == 2  # noqa: PLR2004
    if found is None and is_pair and fields(item[1]) is None:  # type: ignore[index]
        return item[1]  # type: ignore[index,no-any-return]
    return found


def label(item: object, pipeline: Pipeline) -> int | None:
    """The class that an item has as its target: a number, or the place of the greatest of some."""
    found = array(target(item, "label", pipeline))
    if found is None or not found.size or found.ndim > 1:
        return None
    if found.size > 1:  # one number a class
        return int(found.argmax()) if found.dtype.kind == "f" else None
    number = float(found.reshape(()))
    return int(number) if number.is_integer() else None


def mask(item: object, pipeline: Pipeline) -> Numbers | None:
    """The mask of an item, (H, W)."""
    found = array(target(item, "mask", pipeline))
    if found is None or found.ndim not in {2, 3}:
        return None
    if found.ndim == 3 and 1 in {found.shape[0], found.shape[2]}:  # noqa: PLR2004
        return found[0] if found.shape[0] == 1 else found[..., 0]
    return found if found.ndim == 2 else None  # noqa: PLR2004


def corners(item: object, pipeline: Pipeline) -> Numbers | None:
    """The boxes of an item: left, top, right, bottom, in pixels; float64, shape (N, 4)."""
    found = part(item, "boxes", pipeline)
    form = getattr(getattr(found, "format", None), "name", pipeline.boxes).lower()
    if form not in {"xyxy", "xywh", "cxcywh"}:
        found, form = _upright(found), "xyxy"
    boxes = array(found)
    if boxes is None or boxes.size % 4:
        return None
    boxes = boxes.astype(np.float64).reshape(-1, 4)
    if form == "xyxy":
        return boxes
    first, size = boxes[:, :2], boxes[:, 2:]
    if form == "cxcywh":
        first = first - size / 2
    return np.concatenate([first, first + size], axis=1)


def _upright(found: Any) -> Numbers:  # noqa: ANN401
    """The upright boxes around boxes that are turned."""
    from torchvision.transforms.v2.functional import (  # noqa: PLC0415
        convert_bounding_box_format,
    )

    points = array(convert_bounding_box_format(found, new_format="XYXYXYXY"))
    if points is None:  # pragma: no cover  -- what torchvision gives is a tensor
        raise AssertionError
    x, y = points[:, 0::2], points[:, 1::2]
    return np.stack([x.min(1), y.min(1), x.max(1), y.max(1)], axis=1)


def box_labels(item: object, pipeline: Pipeline) -> list[int] | None:
    """The labels of the boxes of an item."""
    found = array(part(item, "box_labels", pipeline))
    if found is None or found.ndim != 1:
        return None
    return [int(one) for one in found.tolist()]


def ids(item: object, name: str, pipeline: Pipeline) -> Numbers | None:
    """Token ids, or their labels: whole numbers, shape (N,)."""
    found = part(item, name, pipeline)
    is_pair = isinstance(item, list | tuple) and len(item) == 2  # noqa: PLR2004
    if found is None and is_pair:
        found = item[name == "targets"]  # type: ignore[index]
    numbers = array(found)
    if numbers is None or numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        return None
    return numbers


def sides(item: object) -> dict[str, dict[str, Any]]:
    """
    What an item has of each side of a preference, by the names that it has without it.

    Of an answer whose prompt is apart every token is a target.
    """
    named = fields(item) or {}
    found: dict[str, dict[str, Any]] = {}
    for side in SIDES:
        own = {str(name).removeprefix(f"{side}_"): value for name, value in named.items()
               if str(name).startswith(f"{side}_")}  # fmt: skip
        if own and "prompt_input_ids" in named and "input_ids" in own:
            own.setdefault("labels", own["input_ids"])
        if own:
            found[side] = own
    return found
