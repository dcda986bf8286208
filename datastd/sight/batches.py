"""Batches: which form has what collate makes of items, and whether it has them as they were."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.sight.parts import SIDES, Numbers, leaves, picture
from datastd.sight.pipeline import BESIDE, PARTS, TOLD, Pipeline
from datastd.sight.places import Place, extent, joined, places
from datastd.sight.sequences import Tokens

Booleans: TypeAlias = NDArray[np.bool_]

_STACKED = 4  # dimensions of pictures in a batch
_MOST = 0.5  # of the tokens, of which a model has to say what they were


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
        name = re.sub(r"\[\d+\]", "[]", place) or "the batch"
        found.add(f"{name} {value.dtype} of {value.ndim} dimensions")
    pictures = (picture(item, pipeline) for item in items)
    channels = {f"{len(one.pixels)}" for one in pictures if one}
    several = [f"pictures of {', '.join(sorted(channels))} channels"] if channels else []
    return "; ".join([*sorted(found), *several])


def size(batch: object) -> str:
    """Height and width of the pictures that are stacked; empty where there are none."""
    stacked = [value.shape[-2:] for _, value in leaves(batch) if value.ndim >= _STACKED]
    return ", ".join(f"{height} × {width}" for height, width in stacked)


def looked_at(item: object, pipeline: Pipeline) -> dict[str, Numbers]:
    """
    Numbers of an item that a batch has to have, by where they are.

    They are the parts that are looked at: what else an item has may be for nobody but collate.
    """
    known = {called for name in {*PARTS} - TOLD for called in pipeline.named(name)}
    of_sides = {f"{side}_{called}" for side in (*SIDES, "prompt") for called in known}
    return {
        place: value for place, value in leaves(bare(item))
        if (name := _name(place)) in known | of_sides or not name
    }  # fmt: skip


def _name(place: str) -> str:
    """The last name of a place: none, if it is but a number in a list."""
    return re.sub(r"\[\d+\]", "", place).rpartition(".")[2]


def lost(batch: object, items: Sequence[Mapping[str, Numbers]]) -> str:
    """
    What a batch has of the numbers of its items, in words; empty where it has room for all.

    Counted are the parts of items that are looked at: padding adds to them, and whatever else a
    batch has does, too, so that no more is said than is sure.
    """
    given = sum(value.size for item in items for value in item.values())
    kept = sum(value.size for _, value in leaves(batch))
    return f"one of {kept} numbers for the {given} of its items" if kept < given else ""


class Laid:
    """
    How items lie in their batch.

    Args:
        batch: What collate made.
        items: The parts of each item that are looked at (`looked_at`).
        pipeline: Names of parts.
    """

    def __init__(
        self, batch: object, items: Sequence[Mapping[str, Numbers]], pipeline: Pipeline
    ) -> None:
        self._batch, self._items, self._pipeline = batch, items, pipeline
        self._places = [*places(batch, len(items))]

    def _part(self, name: str) -> Place | None:
        """The place of a part of `PARTS`: by its name, or in a pair of input and target."""
        called = self._pipeline.named(name)
        by_place = {"ids": "[0]", "targets": "[1]"}.get(name)
        found = [one for one in self._places if _name(one.name) in called]
        return next(iter(found or (one for one in self._places if one.name == by_place)), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Names that tokens and their labels have here."""
        found = (self._part(name) for name in ("ids", "targets"))
        return tuple(_name(one.name) for one in found if one)

    def tokens(self, number: int) -> Tokens | None:
        """The tokens of an item, as the batch has them; None where it has none of it alone."""
        ids, targets, attention = (
            None if (place := self._part(name)) is None else place.slots[number]
            for name in ("ids", "targets", "attention")
        )
        if ids is None or ids.ndim != 1 or ids.dtype.kind not in "iu" or not ids.size:
            return None
        place = self._part("ids")
        given = self._items[number].get(place.name) if place else None
        inside = extent(given, ids, 0) if given is not None else None
        return Tokens(ids, targets, attention, inside[0] if inside else None).whole

    def moved(self) -> list[str | None]:
        """
        Of each item what is not in its place, in words: empty where all is, none of nothing.

        A batch may have its items in another order, such as that of their lengths, as long as
        everything of an item goes with it.
        """
        names = dict.fromkeys(name for one in self._items for name in one)
        sound = ["" if one else None for one in self._items]
        placed = {name: self._placed(name) for name in names}
        if all(own.all() for own, _ in placed.values()):
            return sound
        held = {name: self._held(name, *one) for name, one in placed.items()}
        if _can_be_matched(np.logical_and.reduce([*held.values()])):
            return sound
        return [_said(number, held) for number in range(len(self._items))]

    def _placed(self, name: str) -> tuple[Booleans, list[Place]]:
        """Which items have a part where it should be, and where it may be: nowhere, if joined."""
        given = [one.get(name) for one in self._items]
        tried = [*self._candidates(name), *self._restored(name)]
        own = np.array([one is None for one in given])
        for place in tried:
            found = np.array([_is_in(one, place, n) for n, one in enumerate(given)])
            own = max(own, found, key=np.sum)
        if not own.all() and self._is_joined(name, [one for one in given if one is not None]):
            return np.ones(len(given), np.bool_), []
        return own, tried

    def _is_joined(self, name: str, given: list[Numbers]) -> bool:
        """Say whether a batch has a part of all items one after another, under its name if any."""
        every = [*leaves(self._batch)]
        named = [value for place, value in every if _name(place) == _name(name)]
        return joined(given, named or [value for _, value in every])

    def _candidates(self, name: str) -> list[Place]:
        """Places of the same name, else of a name of the same part, else all."""
        last = _name(name)
        akin = {called for part in PARTS for called in self._pipeline.named(part)
                if last in self._pipeline.named(part)}  # fmt: skip
        same = [one for one in self._places if one.name == name]
        return same or [one for one in self._places if _name(one.name) in akin] or self._places

    def _restored(self, name: str) -> Iterator[Place]:
        """Ids as they were before some were masked, for a model that has to say what they were."""
        ids, targets = self._part("ids"), self._part("targets")
        if not ids or not targets or ids.name != name:
            return
        if all(targets.name not in one for one in self._items):
            pairs = zip(ids.slots, targets.slots, strict=True)
            yield Place(name, tuple(_unmasked(*both, self._pipeline.ignore) for both in pairs))

    def _held(self, name: str, own: Booleans, tried: list[Place]) -> Booleans:
        """Whether each slot (column) has what each item (row) has of a name; bool, (B, B)."""
        count = len(self._items)
        given = [one.get(name) for one in self._items]
        found = [
            np.array([[_is_in(one, place, n) for n in range(count)] for one in given])
            for place in tried
        ]
        nowhere = np.repeat(own[:, None], count, axis=1)
        return max(found, key=lambda held: int(held.any(axis=1).sum()), default=nowhere)


def _is_in(given: Numbers | None, place: Place, number: int) -> bool:
    """Say whether a slot has what an item has; of an item that has nothing, any slot has it."""
    return given is None or extent(given, place.slots[number], place.coarse) is not None


def _unmasked(
    ids: Numbers | None, targets: Numbers | None, ignore: tuple[int, ...]
) -> Numbers | None:
    if ids is None or targets is None or ids.shape != targets.shape:
        return ids
    counted = ~np.isin(targets, ignore)
    return np.where(counted, targets, ids) if counted.mean() <= _MOST else ids


def _said(number: int, held: Mapping[str, Booleans]) -> str:
    """Which part of an item is not in its place, and where it is."""
    for name, slots in held.items():
        if not slots[number, number]:
            others = np.flatnonzero(slots[number])
            place = f"in the place of item {others[0]}" if len(others) else "nowhere as it was"
            return f"its {name} {place}" if name else f"it {place}"
    return ""


def _can_be_matched(held: Booleans) -> bool:
    """Say whether each item can have a slot of its own that has everything of it."""
    taken: dict[int, int] = {}

    def find(item: int, tried: set[int]) -> bool:
        for slot in np.flatnonzero(held[item]).tolist():
            if slot not in tried:
                tried.add(slot)
                if slot not in taken or find(taken[slot], tried):
                    taken[slot] = item
                    return True
        return False

    return all(find(item, set()) for item in range(len(held)))
