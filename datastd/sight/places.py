"""What a batch has of each of its items: the places in it, and whether an item lies in one."""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import torch

from datastd.sight.parts import Numbers, array, fields, leaves

_PIXELS = 255
_FINE, _COARSE = 1e-6, 1e-2  # relative: of 32 bits, and of 16
_FEW = 32  # numbers that tell most pictures apart
_VIEWS = 16  # of an item, one batch of each after another, as contrastive losses have them
_DEEP = 4  # lists and names within each other: of any item that was ever seen


class Place(NamedTuple):
    """
    Where a batch has something of each of its items.

    Attributes:
        name: As in an item, such as ``[1].boxes``.
        slots: What it has of each, in the order of the batch; None where nothing.
        coarse: How far a number may be off that was rounded to fewer bits.
    """

    name: str
    slots: tuple[Numbers | None, ...]
    coarse: float = _FINE


def places(batch: object, count: int, name: str = "", deep: int = _DEEP) -> Iterator[Place]:
    """
    Every place of a batch of *count* items: rows of its tensors, and elements of its lists.

    A list of as many elements as there are items is read both ways: one for each item, and one
    for each of their parts.
    """
    if (named := fields(batch)) is not None:
        for key, one in named.items() if deep else ():
            yield from places(one, count, f"{name}.{key}" if name else str(key), deep - 1)
    elif (found := array(batch)) is not None:
        yield from _of_rows(found, count, name, _coarse(batch))
    elif isinstance(batch, list | tuple) and deep:
        if len(batch) == count:
            yield from _of_elements(batch, name)
        columns = [found for one in batch if (found := array(one)) is not None]
        if len(columns) == len(batch) and {one.shape for one in columns} == {(count,)}:
            yield Place(name, tuple(np.stack(columns, axis=1)))  # as default_collate has lists
        if len(batch) <= _PIXELS:  # parts of an item are few
            for number, one in enumerate(batch):
                yield from places(one, count, f"{name}[{number}]", deep - 1)


def _of_rows(found: Numbers, count: int, name: str, coarse: float) -> Iterator[Place]:
    """Places of an array with one row for each item, or with one for each of several views."""
    views = len(found) // count if found.ndim and len(found) % count == 0 else 0
    for view in range(views if views <= _VIEWS else 0):
        yield Place(name, tuple(found[view * count :][:count]), coarse)
        if views > 1:
            yield Place(name, tuple(found[view::views]), coarse)


def _of_elements(batch: list[Any] | tuple[Any, ...], name: str) -> Iterator[Place]:
    """Places of a list that has one element for each item."""
    found: dict[str, list[Numbers | None]] = {}
    for number, element in enumerate(batch):
        for inner, value in leaves(element, name):
            found.setdefault(inner, [None] * len(batch))[number] = value
    coarse = max(map(_coarse, batch), default=_FINE)
    yield from (Place(inner, tuple(some), coarse) for inner, some in found.items())


def _coarse(value: object) -> float:
    is_short = isinstance(value, torch.Tensor) and value.is_floating_point() and value.itemsize < 4  # noqa: PLR2004
    return _COARSE if is_short else _FINE


def extent(given: Numbers, slot: Numbers | None, coarse: float) -> tuple[slice, ...] | None:
    """
    Where in a slot the numbers of an item are, as they are; None where they are not.

    Around them may be padding, of one value.  Channels may come first, axes of length 1 may come
    or go, bytes may be divided by 255, and a class may be one number in a vector of zeros.
    """
    if slot is None:
        return None
    for one in _forms(given, slot):
        for begin in _begins(one, slot):
            window = tuple(slice(a, a + n) for a, n in zip(begin, one.shape, strict=True))
            if _equal(one, slot[window], coarse) and _is_padding(slot, window):
                return window
    return None


def _forms(given: Numbers, slot: Numbers) -> Iterator[Numbers]:
    """What an item may look like in a slot."""
    shapes = [given]
    if given.ndim == 3:  # noqa: PLR2004
        shapes.append(given.transpose(2, 0, 1))
    if given.ndim != slot.ndim:
        shapes = [one.squeeze() for one in shapes]
        missing = tuple(range(slot.ndim - shapes[0].ndim))
        shapes = [np.expand_dims(one, missing) for one in shapes]
    for one in shapes:
        if one.ndim != slot.ndim:
            continue
        if one.size == 1 and slot.ndim == 1 and slot.size > 1 and one.dtype.kind in "iu":
            which = int(one.reshape(()))
            if 0 <= which < slot.size:
                yield np.eye(1, slot.size, which)[0]
            if given.ndim != slot.ndim:  # else it may be a sequence of one token
                continue
        yield one
        if one.dtype == np.uint8 and slot.dtype.kind == "f":
            yield one / np.float64(_PIXELS)


def _begins(one: Numbers, slot: Numbers) -> Iterator[tuple[int, ...]]:
    """Where it may begin: first, last, or in the middle, along each axis."""
    rest = [most - n for most, n in zip(slot.shape, one.shape, strict=True)]
    if min(rest, default=0) >= 0:
        yield from product(*(dict.fromkeys((0, n, n // 2)) for n in rest))


def _equal(one: Numbers, other: Numbers, coarse: float) -> bool:
    step = one.size // _FEW
    if step > 1 and not _equal(one.flat[::step], other.flat[::step], coarse):
        return False  # as most are that are not, where every item is set beside every slot
    if "f" in {one.dtype.kind, other.dtype.kind}:
        return bool(np.isclose(other, one, rtol=coarse, atol=coarse, equal_nan=True).all())
    return bool((one == other).all())


def _is_padding(slot: Numbers, window: tuple[slice, ...]) -> bool:
    """Say whether what is around something is of one value; around pictures it may be any."""
    if slot.ndim > 2:  # noqa: PLR2004
        return True
    around = np.ones(slot.shape, np.bool_)
    around[window] = False
    rest = slot[around]
    if slot.ndim == 2 and not around.all(axis=1).sum() * slot.shape[1] < rest.size:  # noqa: PLR2004
        rest = slot[around.all(axis=1)]  # whole rows, such as boxes that are none
        return bool((rest == rest[:1]).all())
    return bool((rest == rest[:1]).all())


def joined(given: list[Numbers], arrays: list[Numbers]) -> bool:
    """
    Say whether one of some arrays has the numbers of all items, one item after another.

    A number alone would be found in too many: what has one for each item has a row for it.
    """
    if not all(one.ndim for one in given) or len({one.shape[1:] for one in given}) != 1:
        return False
    whole = np.concatenate(given)
    return any(_has(found, whole) for found in arrays)


def _has(found: Numbers, whole: Numbers) -> bool:
    """Say whether an array is some numbers in a row, or has them as some of its columns."""
    if found.size < whole.size:
        return False
    if whole.ndim == 1 and whole.size > 1 and extent(whole, found.reshape(-1), _FINE):
        return True
    if found.ndim != 2 or len(found) != len(whole) or whole.ndim > 2:  # noqa: PLR2004
        return False
    columns = whole.reshape(len(whole), -1)
    return any(
        _equal(columns, found[:, n : n + columns.shape[1]], _FINE)
        for n in range(found.shape[1] - columns.shape[1] + 1)
    )
