"""
A sample that is made, to see whether picture and target go the same way.

Of a real picture nobody knows where an object is after a flip but by its box.  Of a made one,
dark with a bright rectangle in it that is a box, or a region of the mask, it can be seen: the
rectangle is found again whatever was done to brightness, size and place, and the target has to
be where it is.  Both share the random choice of one call.  Where they do not agree, something may
have been erased, or filled, or laid over it: two more pictures, all dark and all bright, go the
same way, and what the three differ in is the rectangle, where anything of the picture is left.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from datastd.sight import parts
from datastd.sight.chance import seed
from datastd.sight.pipeline import Pipeline
from datastd.sight.raw import Boxes, Raw

TRIES = 2
"""So many are made of a sample, light on dark and dark on light, until it can be told."""

QUARTERS = 4
"""Rectangles of a made picture, of which one is bright."""

ENOUGH = 0.5
"""An overlap that another try need not be made for."""

_SMALLEST = 16  # pixels of a side: a rectangle has a quarter of that
_LEAST = 16.0  # pixels of area, of what is left of a rectangle
_BRIGHT = 0.75  # of the range; less is what fills a border
_WITHIN = 0.9  # of what is left of a rectangle: its edges are not sharp
_APART = 0.5  # of the most that two pictures differ in, which is where one of them is bright

Box: TypeAlias = tuple[float, float, float, float]
Region: TypeAlias = NDArray[np.bool_]


class _Found(NamedTuple):
    """An item, what in its picture may be the rectangle, and where anything of it may be."""

    item: object
    regions: list[Region]
    alive: Region


class Trace(NamedTuple):
    """
    How a made sample came out.

    Attributes:
        overlap: Of the rectangle in the picture and the target, from 0 to 1.
        label: The label that the box of the rectangle should have; none for a mask.
        seen: The label that it has.
        surely: Whether what was erased or filled was told from the rectangle.
    """

    overlap: float
    label: int | None = None
    seen: int | None = None
    surely: bool = False

    @property
    def agrees(self) -> bool:
        """Whether the target is where the picture is."""
        return self.overlap >= ENOUGH and self.label == self.seen

    @property
    def row(self) -> dict[str, Any]:
        """What stands in the table."""
        return {"overlap": self.overlap, "label": self.label, "seen": self.seen}


def can_be_traced(raw: Raw) -> bool:
    """Say whether a sample can be made that is like this one."""
    known = raw.picture
    if known is None or (raw.boxes is None and _values(raw) is None):
        return False
    return min(known.shape[:2]) >= _SMALLEST and _ends(known)[0] < _ends(known)[1]


def _ends(pixels: NDArray[Any]) -> tuple[float, float]:
    """What is dark and what is bright: of bytes all there is, else the ends of the picture."""
    if pixels.dtype == np.uint8:
        return 0, 255
    known = pixels[np.isfinite(pixels)]
    return (float(known.min()), float(known.max())) if known.size else (0, 0)


def trace(raw: Raw, pipeline: Pipeline, number: int, labels: Sequence[int | str]) -> Trace | None:
    """
    Make a sample like *raw*, run the pipeline on it, and see where target and picture are.

    Args:
        raw: What the made one is like.
        pipeline: What is run.
        number: Decides the quarter, by its rest to `QUARTERS`, and what is bright.
        labels: Labels that records have, of which boxes get theirs.

    Returns:
        How it came out; None where the rectangle was cropped away, or nothing can be told.
    """
    made, quarter = _made(raw, number, labels)
    item, *_ = _run(made, pipeline, number)
    seen = parts.picture(item, pipeline)
    regions = _seen(seen.pixels) if seen else []
    if not regions or seen is None:
        return None
    found = _Found(item, regions, np.ones_like(regions[0]))
    first = _compared(found, pipeline, made, quarter)
    if first and first.agrees:
        return first
    others = [_run(replace(made, picture=one), pipeline, number)[0] for one in _plain(made)]
    surely = _told_apart(item, others, pipeline)
    if surely is None:
        return first
    second = _compared(surely, pipeline, made, quarter) if surely.regions else None
    return second and second._replace(surely=True)


def _run(made: Raw, pipeline: Pipeline, number: int) -> list[Any]:
    """Items of a made sample; of one number all go the same way."""
    seed(number, f"made of {made.key}")
    return pipeline.items(made.sample())


def _plain(made: Raw) -> list[NDArray[Any]]:
    """The picture of a made sample without its rectangle, and with nothing else."""
    known: NDArray[Any] = made.picture  # type: ignore[assignment]
    ends = known.reshape(-1, known.shape[2])
    least, most = ends[0], ends[(ends != ends[0]).any(axis=1).argmax()]
    return [np.broadcast_to(one, known.shape).copy() for one in (least, most)]


def _told_apart(item: object, others: list[object], pipeline: Pipeline) -> _Found | None:
    """
    The rectangle as what differs from a picture without it, and where anything may differ.

    None where a pipeline draws random numbers of its own, so that the three went different ways, or
    where nothing differs.
    """
    targets = [_targets(one, pipeline) for one in (item, *others)]
    seen = [parts.picture(one, pipeline) for one in (item, *others)]
    shapes = {one.pixels.shape if one else None for one in seen}
    if len(shapes) > 1 or None in shapes or any(one != targets[0] for one in targets):
        return None
    made, without, whole = (one.pixels.astype(np.float64) for one in seen if one)
    most, apart = (np.abs(one - without).mean(axis=0) for one in (whole, made))
    if not most.any():
        return None
    alive = most > _APART * most.max()
    region = alive & (apart > _APART * most.max())
    return _Found(item, [region] if region.sum() >= _LEAST else [], alive)


def _targets(item: object, pipeline: Pipeline) -> bytes:
    """Boxes and mask of an item, to be compared."""
    known = (parts.corners(item, pipeline), parts.mask(item, pipeline))
    return b"".join(one.tobytes() for one in known if one is not None)


def _compared(found: _Found, pipeline: Pipeline, made: Raw, quarter: int) -> Trace | None:
    if made.boxes is not None:
        return _of_boxes(found, pipeline, made.boxes, quarter)
    return _of_mask(found, pipeline, _values(made))


def _values(raw: Raw) -> tuple[int, int] | None:
    """Two values of a mask: that of most pixels, and the least of the others."""
    if raw.mask is None:
        return None
    values, counts = np.unique(raw.mask, return_counts=True)
    most = int(values[counts.argmax()])
    others = [one for one in values.tolist() if one != most]
    return (most, others[0]) if others else None


def _rectangles(height: int, width: int) -> list[tuple[int, int, int, int]]:
    """One in each quarter of the picture, nearer to its middle than to its edges."""
    return [
        (width * x // 16, height * y // 16, width * (x + 4) // 16, height * (y + 4) // 16)
        for y in (3, 9)
        for x in (3, 9)
    ]


def _made(raw: Raw, number: int, labels: Sequence[int | str]) -> tuple[Raw, int]:
    """A sample like *raw* with a rectangle, and in which quarter that is."""
    known: NDArray[Any] = raw.picture  # type: ignore[assignment]
    places = _rectangles(*known.shape[:2])
    quarter = number % QUARTERS
    left, top, right, bottom = places[quarter]
    dark, bright = _ends(known)[:: 1 if number // QUARTERS % 2 == 0 else -1]
    picture = np.full_like(known, dark)
    picture[top:bottom, left:right] = bright
    if known.dtype == np.uint8 and known.shape[2] == 4:  # noqa: PLR2004  -- none is transparent
        picture[..., 3] = 255
    if raw.boxes is not None:
        several = tuple(labels[n % len(labels)] for n in range(QUARTERS))
        boxes = Boxes(np.array(places, np.float64), several, np.zeros(QUARTERS, np.int64))
        return replace(raw, picture=picture, boxes=boxes), quarter
    most, other = _values(raw) or (0, 0)
    mask = np.full_like(raw.mask, most)
    mask[top:bottom, left:right] = other
    return replace(raw, picture=picture, mask=mask), quarter


def _seen(pixels: NDArray[Any]) -> list[Region]:
    """What may be the rectangle: the brightest pixels, and the darkest."""
    grey = pixels.astype(np.float64).mean(axis=0)
    low, high = float(grey.min()), float(grey.max())
    if not high > low:
        return []
    scaled = (grey - low) / (high - low)
    return [one for one in (scaled > _BRIGHT, scaled < 1 - _BRIGHT) if one.sum() >= _LEAST]


def _of_boxes(found: _Found, pipeline: Pipeline, made: Boxes, quarter: int) -> Trace | None:
    item = found.item
    boxes, labels = parts.corners(item, pipeline), parts.box_labels(item, pipeline)
    if boxes is None:
        return None
    height, width = found.alive.shape
    known: list[Box] = [tuple(one) for one in np.clip(boxes, 0, [width, height] * 2).tolist()]
    # Where all are left, they are in their order; else it is the one that is nearest, if any:
    # the box of the rectangle may have been dropped, for what was left of it.
    whole = len(known) == QUARTERS
    tried = [quarter] if whole else [*range(len(known))]
    overlaps = [(_overlap(found, known[one]), one) for one in tried if _area(known[one]) >= _LEAST]
    overlap, one = max(overlaps, default=(0.0, -1))
    if not overlaps or (not whole and overlap < ENOUGH):
        return None
    if labels is None or len(labels) != len(known):  # another rule says so
        return Trace(overlap)
    return Trace(overlap, pipeline.label(made.labels[quarter]), labels[one])


def _of_mask(found: _Found, pipeline: Pipeline, values: tuple[int, int] | None) -> Trace | None:
    mask = parts.mask(found.item, pipeline)
    if mask is None or values is None or mask.shape != found.alive.shape:
        return None
    target = mask == pipeline.label(values[1])
    if target.sum() < _LEAST:
        return None
    target &= found.alive
    return Trace(max(_share(one & target, one | target) for one in found.regions))


def _area(one: Box) -> float:
    return max(0.0, one[2] - one[0]) * max(0.0, one[3] - one[1])


def _overlap(found: _Found, box: Box) -> float:
    """
    The best overlap of a box and of what may be the rectangle.

    Of its pixels; or of what is around them, for what is turned is in the middle of its box.
    """
    inside = np.zeros_like(found.alive)
    left, top, right, bottom = (round(side) for side in box)
    inside[top:bottom, left:right] = True
    return max(
        max(_share(one & inside, one | (inside & found.alive)),
            _intersection(_around(_with_erased(one, inside, found.alive)), box))
        for one in found.regions
    )  # fmt: skip


def _with_erased(region: Region, inside: Region, alive: Region) -> Region:
    """With what was erased in the box of it, if what is left of it is in there."""
    is_within = _share(region & inside, region) >= _WITHIN
    erased: Region = region | (inside & ~alive) if is_within else region
    return erased


def _share(some: Region, every: Region) -> float:
    return float(some.sum() / max(1, every.sum()))


def _around(where: Region) -> Box:
    """The rectangle around what is there."""
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _intersection(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    common = _area((left, top, right, bottom))
    return common / max(1.0, _area(one) + _area(other) - common)
