"""
A sample that is made, to see whether picture and target go the same way.

Of a real picture nobody knows where an object is after a flip but by its box.  Of a made one,
dark with a bright rectangle in it that is a box, or a region of the mask, it can be seen: the
rectangle is found again whatever was done to brightness, size and place, and the target has to
be around it.  It is the transform's own random choice that both of them share, so that
nothing has to be repeated.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.train.sight import parts
from datastd.train.sight.pipeline import Pipeline
from datastd.train.sight.raw import Boxes, Raw

TRIES = 2
"""So many are made of a sample, light on dark and dark on light, until one agrees."""

_SMALLEST = 16  # pixels of a side: a rectangle is a quarter of that
_LEAST = 16.0  # pixels of area, of what is left of a rectangle
_BRIGHT = 0.75  # of the range; less is what fills a border
_CORNERS = 4

Box = tuple[float, float, float, float]


class Trace(NamedTuple):
    """
    How a made sample came out.

    Attributes:
        overlap: Of the rectangle in the picture and the target, from 0 to 1.
        label: The label that the box of the rectangle should have; none for a mask.
        seen: The label that it has.
    """

    overlap: float
    label: int | None = None
    seen: int | None = None

    @property
    def agrees(self) -> bool:
        """Whether there is nothing to find out by another one."""
        return self.overlap >= 0.5 and self.label == self.seen  # noqa: PLR2004


def can_be_traced(raw: Raw) -> bool:
    """Say whether a sample can be made that is like this one."""
    known = raw.picture
    if known is None or (raw.boxes is None and _regions(raw) is None):
        return False
    is_plain = known.dtype == np.uint8 and known.shape[2] in {1, 3, 4}
    return is_plain and min(known.shape[:2]) >= _SMALLEST


def trace(raw: Raw, pipeline: Pipeline, number: int, labels: Sequence[int | str]) -> Trace | None:
    """
    Make a sample like *raw*, run the pipeline on it and see where target and picture are.

    Args:
        raw: What the made one is like.
        pipeline: What is run.
        number: Decides the corner, by its rest to 4, and how light the rectangle is.
        labels: Labels that records have, of which boxes get theirs.

    Returns:
        How it came out; None where it was cropped away, or nothing could be told.
    """
    made, corner = _made(raw, number, labels)
    item = pipeline.items(made.sample())[0]
    seen = parts.picture(item, pipeline)
    if seen is None:
        return None
    regions = _seen(seen.pixels)
    if made.boxes is not None:
        return _of_boxes(item, pipeline, seen, regions, made.boxes, corner)
    mask, known = parts.mask(item, pipeline), _regions(raw)
    if mask is None or known is None:
        return None
    value = known[1] if pipeline.labels is None else pipeline.label(known[1])
    found = _around(mask == value)
    return _best(regions, [found] if found else [])


def _regions(raw: Raw) -> tuple[int, int] | None:
    """Two values of a mask: that of most pixels, and another one."""
    if raw.mask is None:
        return None
    values, counts = np.unique(raw.mask, return_counts=True)
    most = int(values[counts.argmax()])
    others = [one for one in values.tolist() if one != most]
    return (most, others[0]) if others else None


def _rectangles(height: int, width: int) -> list[tuple[int, int, int, int]]:
    """One in each corner, an eighth of the picture away from both edges."""
    return [
        (width * x // 8, height * y // 8, width * (x + 2) // 8, height * (y + 2) // 8)
        for y in (1, 5)
        for x in (1, 5)
    ]


def _made(raw: Raw, number: int, labels: Sequence[int | str]) -> tuple[Raw, int]:
    """A sample like *raw* with a rectangle in a corner, and which corner that is."""
    known: NDArray[Any] = raw.picture  # type: ignore[assignment]
    height, width = known.shape[:2]
    corner, places = number % _CORNERS, _rectangles(height, width)
    left, top, right, bottom = places[corner]
    dark, bright = (0, 255) if number // _CORNERS % 2 == 0 else (255, 0)
    picture = np.full_like(known, dark)
    picture[top:bottom, left:right] = bright
    if known.shape[2] == 4:  # noqa: PLR2004  -- and nothing of it is transparent
        picture[..., 3] = 255
    if raw.boxes is not None:
        several = tuple(labels[n % len(labels)] for n in range(_CORNERS))
        boxes = Boxes(np.array(places, np.float64), several, np.zeros(_CORNERS, np.int64))
        return replace(raw, picture=picture, boxes=boxes), corner
    most, other = _regions(raw) or (0, 0)
    mask = np.full_like(raw.mask, most)
    mask[top:bottom, left:right] = other
    return replace(raw, picture=picture, mask=mask), corner


def _seen(pixels: NDArray[Any]) -> list[Box]:
    """What may be the rectangle: what is around the brightest pixels, and around the darkest."""
    grey = pixels.astype(np.float64).mean(axis=0)
    low, high = float(grey.min()), float(grey.max())
    if not high > low:
        return []
    scaled = (grey - low) / (high - low)
    found = [_around(scaled > _BRIGHT), _around(scaled < 1 - _BRIGHT)]
    return [one for one in found if one and _area(one) >= _LEAST]


def _around(where: NDArray[np.bool_]) -> Box | None:
    """The rectangle around what is there."""
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    if not len(rows):
        return None
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _of_boxes(  # noqa: PLR0913, PLR0917
    item: object, pipeline: Pipeline, seen: parts.Picture, regions: list[Box], made: Boxes,
    corner: int,
) -> Trace | None:  # fmt: skip
    boxes, labels = parts.corners(item, pipeline), parts.box_labels(item, pipeline)
    if boxes is None:
        return None
    known: list[Box] = [
        tuple(one) for one in np.clip(boxes, 0, [seen.width, seen.height] * 2).tolist()
    ]
    # Where all are left, they are in their order; else it is the one that is nearest.
    whole = len(known) == _CORNERS
    best = _best(regions, known[corner : corner + 1] if whole else known)
    if best is None or (best.overlap == 0 and not whole):
        return None  # the box was dropped, for what was left of it
    if labels is None or len(labels) != len(known):  # another rule says so
        return best
    one = max(range(len(known)), key=lambda n: max(_overlap(known[n], r) for r in regions))
    return Trace(
        best.overlap, pipeline.label(made.labels[corner]), labels[corner if whole else one]
    )


def _best(regions: list[Box], targets: list[Box]) -> Trace | None:
    """The best overlap of what may be the rectangle and what may be its target."""
    whole = [one for one in targets if _area(one) >= _LEAST]
    if not regions or not whole:
        return None
    return Trace(max(_overlap(one, other) for one in regions for other in whole))


def _area(one: Box) -> float:
    return max(0.0, one[2] - one[0]) * max(0.0, one[3] - one[1])


def _overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    common = _area((left, top, right, bottom))
    union = _area(one) + _area(other) - common
    return common / union if union else 0.0
