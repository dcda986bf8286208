"""
What is wrong with boxes and their outlines, in words: which other box, which size, which point.

Asked of the few pictures that a report names, with all of their annotations.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from datastd.measures import words
from datastd.measures.boxes import (
    NEARLY,
    Box,
    Column,
    Nearness,
    Numbers,
    Outline,
    Room,
    joints,
    outlines,
)
from datastd.measures.boxes.overlaps import FOUND, overlap
from datastd.quiet import named
from datastd.words import many, number

_FEW = 512  # boxes of a picture that are looked through for the one that another is near to
_SHAPES = {outlines.NONE: "none", outlines.POLYGONS: "polygons"}


def _texts(said: Iterable[str | None]) -> pl.Series:
    return pl.Series([*said], dtype=pl.String)


def _size(width: float, height: float) -> str:
    return f"{number(width)} × {number(height)}"


def _each(say: Callable[..., str | None], *columns: Iterable[Any]) -> pl.Series:
    return _texts(say(*one) for one in zip(*columns, strict=True))


def _sizes(image: Numbers, width: Column, height: Column, orientation: Column | None) -> pl.Series:
    """The size that is stated of a picture, and that of its pixels."""
    found = _size(image.shape[2], image.shape[1])
    turned = orientation is not None and np.asarray(orientation)[0] not in {0, 1}
    more = f", and EXIF orientation {np.asarray(orientation)[0]}" if turned else ""
    return _each(
        lambda w, h: f"expected {_size(w, h)} px, as is stated, found {found} px{more}",
        np.asarray(width).tolist(), np.asarray(height).tolist(),
    )  # fmt: skip


@words()
def size_differs_said(
    image: Numbers, orientation: Column, stated_width: Column, stated_height: Column
) -> pl.Series:
    """Both sizes."""
    return _sizes(image, stated_width, stated_height, orientation)


@words()
def stated_size_wrong_said(
    image: Numbers, stated_width: Column, stated_height: Column
) -> pl.Series:
    """Both sizes."""
    return _sizes(image, stated_width, stated_height, None)


@words()
def filename_differs_said(annotated_in: pl.Series, filename: pl.Series) -> pl.Series:
    """Both names."""
    own = annotated_in.str.replace(r"^.*/", "").str.replace(r"\.[^.]*$", "")
    return _each(
        lambda stem, name: f"expected the name {named(stem)}, found {named(name or '')}",
        own, filename,
    )  # fmt: skip


@words()
def file_name_astray_said(file_name: pl.Series) -> pl.Series:
    """The name."""
    return _each(lambda one: f"expected a name below the folder, found {named(one)}", file_name)


def _copies(  # noqa: PLR0913, PLR0917
    told_of: Numbers, category: pl.Series, class_name: pl.Series, crowd: pl.Series, box: Box,
    annotation: pl.Series,
) -> list[list[str]]:  # fmt: skip
    """Of each box those that are the same, of the class and the picture."""
    kind = class_name if category.is_null().all() else category
    sides = (side.tolist() for side in box[:4])
    keys = [*zip(told_of.tolist(), kind, crowd.fill_null(0), *sides, strict=True)]
    alike: dict[Any, list[str]] = {}
    for key, name in zip(keys, annotation, strict=True):
        alike.setdefault(key, []).append(name)
    return [alike[key] for key in keys]


@words("annotations")
def box_copies_said(  # noqa: PLR0913, PLR0917
    told_of: Numbers, category: pl.Series, class_name: pl.Series, crowd: pl.Series, box: Box,
    annotation: pl.Series,
) -> pl.Series:  # fmt: skip
    """Which annotation it repeats."""
    alike = _copies(told_of, category, class_name, crowd, box, annotation)

    def say(own: str, some: Sequence[str], x: float, y: float, name: str | None) -> str | None:
        others = [one for one in some if one != own]
        more = f" and {many(len(others) - 1, 'other')}" if len(others) > 1 else ""
        of = f" of {named(name)}" if name else ""
        at = f"({number(x)}, {number(y)})"
        return (
            f"expected one box{of} at {at}, found it again as {others[0]}{more}" if others else None
        )

    return _each(say, annotation, alike, box.x.tolist(), box.y.tolist(), class_name)


def _near(told_of: Numbers, box: Box, wanted: Sequence[bool]) -> list[tuple[int, float] | None]:
    """Of each box that is asked about the other of its picture that it is nearest to."""
    order, sides = np.argsort(told_of, kind="stable"), np.stack(box[:4], axis=1)
    of = told_of[order]
    found: list[tuple[int, float] | None] = [None] * len(of)
    for at in np.flatnonzero(wanted).tolist():
        start, stop = (int(np.searchsorted(of, told_of[at], side)) for side in ("left", "right"))
        if stop - start > _FEW:
            continue
        others = [one for one in order[start:stop].tolist() if one != at]
        shares = [(overlap(*sides[at].tolist(), *sides[one].tolist()), one) for one in others]
        share, one = max(shares, default=(0.0, -1))
        found[at] = (one, share) if share >= NEARLY else None
    return found


@words("annotations")
def box_near_copies_said(
    told_of: Numbers, box: Box, nearness: Nearness, annotation: pl.Series
) -> pl.Series:
    """Which annotation it nearly repeats."""
    near = _near(told_of, box, (nearness.alike == FOUND).tolist())
    return _each(
        lambda one: one and f"expected one box of an object, found {annotation[one[0]]} in the "
        f"same place, with an overlap of {one[1]:.3g}",
        near,
    )  # fmt: skip


@words("annotations")
def box_conflicts_said(
    told_of: Numbers, box: Box, nearness: Nearness, annotation: pl.Series, class_name: pl.Series
) -> pl.Series:
    """Which annotation of another class is in its place."""
    near = _near(told_of, box, (nearness.conflict == FOUND).tolist())

    def say(one: tuple[int, float] | None, own: str | None) -> str | None:
        if one is None:
            return None
        other = named(class_name[one[0]] or "")
        return (
            f"expected {named(own or '')} alone, found {annotation[one[0]]} of {other} in its place"
        )

    return _each(say, near, class_name)


@words("annotations")
def box_flat_said(box: Box) -> pl.Series:
    """Its size."""
    return _each(lambda w, h: f"expected a box with an inside, found {_size(w, h)} px",
                 box.w.tolist(), box.h.tolist())  # fmt: skip


@words("annotations")
def box_tiny_said(box: Box) -> pl.Series:
    """Its size."""
    return _each(lambda w, h: f"expected more than 1 px, found {_size(w, h)} px",
                 box.w.tolist(), box.h.tolist())  # fmt: skip


def _edges(box: Box, room: Room) -> pl.Series:
    """Which edge of each box is where, and how large the picture is."""

    def say(x: float, y: float, w: float, h: float, wide: int, high: int) -> str:  # noqa: PLR0913, PLR0917
        off = {"left": -x, "top": -y, "right": x + w - wide, "bottom": y + h - high}
        at = {"left": x, "top": y, "right": x + w, "bottom": y + h}
        worst = max(off, key=lambda side: off[side])
        return (f"expected a box within {_size(wide, high)} px, "
                f"found its {worst} edge at {number(at[worst])}")  # fmt: skip

    return _each(
        say, *(side.tolist() for side in box[:4]), room.width.tolist(), room.height.tolist()
    )


@words("annotations")
def beyond_px_said(box: Box, room: Room) -> pl.Series:
    """Which edge is where, of a picture of the stated size."""
    return _edges(box, room)


@words("annotations")
def edge_beyond_px_said(box: Box, room: Room) -> pl.Series:
    """Which edge is where, of a picture of the stated size."""
    return _edges(box, room)


@words("annotations")
def beyond_picture_px_said(box: Box, decoded_room: Room) -> pl.Series:
    """Which edge is where, of the decoded picture."""
    return _edges(box, decoded_room)


@words("annotations")
def edge_beyond_picture_px_said(box: Box, decoded_room: Room) -> pl.Series:
    """Which edge is where, of the decoded picture."""
    return _edges(box, decoded_room)


def _corners(say: Callable[[tuple[float, ...]], str | None], box: Box) -> pl.Series:
    """What is said of corners as Pascal VOC counts them: from 1, the last inclusive."""
    left, top = box.x + 1, box.y + 1
    return _each(lambda *one: say(one), *(side.tolist() for side in (left, top, box.x + box.w,
                                                                     box.y + box.h)))  # fmt: skip


@words("annotations")
def corners_apart_px_said(box: Box) -> pl.Series:
    """Which corner is not beyond the other."""

    def say(one: tuple[float, ...]) -> str:
        axis = "x" if one[2] - one[0] <= one[3] - one[1] else "y"
        low, high = (one[0], one[2]) if axis == "x" else (one[1], one[3])
        return f"expected {axis}min below {axis}max, found {number(low)} and {number(high)}"

    return _corners(say, box)


@words("annotations")
def beyond_range_px_said(
    row: pl.Series, box: Box, width_px: Column, height_px: Column
) -> pl.Series:
    """Which coordinate is where."""
    of = row.to_numpy()
    wide, high = np.asarray(width_px)[of].tolist(), np.asarray(height_px)[of].tolist()

    def say(x: float, y: float, w: float, h: float, width: int, height: int) -> str:  # noqa: PLR0913, PLR0917
        off = {"xmin": -x, "ymin": -y, "xmax": x + w - width, "ymax": y + h - height}
        at = {"xmin": x + 1, "ymin": y + 1, "xmax": x + w, "ymax": y + h}
        worst = max(off, key=lambda name: off[name])
        most = width if worst[0] == "x" else height
        return f"expected {worst} from 1 to {most}, found {number(at[worst])}"

    return _each(say, *(side.tolist() for side in box[:4]), wide, high)


@words("annotations")
def odd_flags_said(difficult: pl.Series, truncated: pl.Series, occluded: pl.Series) -> pl.Series:
    """Which flags are what."""
    flags = {"difficult": difficult, "truncated": truncated, "occluded": occluded}

    def say(*values: float | None) -> str:
        odd = [f"{name} {number(value)}" for name, value in zip(flags, values, strict=True)
               if value is not None and value not in {0.0, 1.0}]  # fmt: skip
        return f"expected 0 or 1, found {', '.join(odd)}"

    return _each(say, *flags.values())


@words("annotations")
def class_unnamed_said(category: pl.Series) -> pl.Series:
    """Which number."""
    return _each(
        lambda one: f"expected the number of a class that has a name, found {one}", category
    )


@words("annotations")
def area_not_positive_said(area_px: pl.Series) -> pl.Series:
    """Which area."""
    return _each(lambda one: (one is not None and f"expected an area above 0, found {number(one)}")
                 or None, area_px)  # fmt: skip


def _areas(area_px: pl.Series, outline: Outline) -> pl.Series:
    return _each(
        lambda stated, found: None if stated is None else
        f"expected an area of {number(found)} px², as the outline has, found {number(stated)}",
        area_px, outline.area.tolist(),
    )  # fmt: skip


@words("annotations")
def area_off_said(area_px: pl.Series, outline: Outline) -> pl.Series:
    """Both areas."""
    return _areas(area_px, outline)


@words("annotations")
def area_bucket_said(area_px: pl.Series, outline: Outline) -> pl.Series:
    """Both areas."""
    return _areas(area_px, outline)


@words("annotations")
def area_per_box_said(area_px: pl.Series, box: Box) -> pl.Series:
    """The area, and the box."""
    return _each(
        lambda stated, w, h: None if stated is None else
        f"expected no more than the box of {_size(w, h)} px, found an area of {number(stated)} px²",
        area_px, box.w.tolist(), box.h.tolist(),
    )  # fmt: skip


def _rings(
    points: pl.Series, rings: pl.Series, wrong: Numbers,
    say: Callable[[Sequence[float]], str | None],
) -> pl.Series:  # fmt: skip
    """What is said of the first polygon of each annotation of which something is."""
    said: list[str | None] = [None] * len(points)
    for at in np.flatnonzero(wrong).tolist():
        ends = np.cumsum([0, *(rings[at] if rings[at] is not None else ())]).tolist()
        values = points[at].to_list() if points[at] is not None else []
        for which, (start, stop) in enumerate(pairwise(ends)):
            if (found := say(values[start:stop])) is not None:
                said[at] = f"{found} in polygon {which} of {len(ends) - 1}"
                break
    return _texts(said)


@words("annotations")
def odd_rings_said(points: pl.Series, rings: pl.Series, outline: Outline) -> pl.Series:
    """Which polygon."""
    return _rings(
        points, rings, outline.odd,
        lambda one: f"expected pairs of numbers, found {len(one)}" if len(one) % 2 else None,
    )  # fmt: skip


@words("annotations")
def short_rings_said(points: pl.Series, rings: pl.Series, outline: Outline) -> pl.Series:
    """Which polygon."""
    least = outlines.LEAST
    return _rings(
        points, rings, outline.short,
        lambda one: f"expected at least {least} numbers, found {len(one)}" if len(one) < least
        else None,
    )  # fmt: skip


@words("annotations")
def flat_rings_said(points: pl.Series, rings: pl.Series, outline: Outline) -> pl.Series:
    """Which polygon."""

    def say(one: Sequence[float]) -> str | None:
        if len(one) < outlines.LEAST:
            return None
        area = outlines.enclosed(np.array(one))
        return None if area >= 1 else f"expected at least 1 px², found {area:.3g}"

    return _rings(points, rings, outline.flat, say)


@words("annotations")
def outside_px_said(points: pl.Series, outline: Outline, room: Room) -> pl.Series:
    """Which point."""

    def say(numbers: pl.Series | None, off: float, wide: int, high: int) -> str | None:
        if numbers is None or not off > 0:
            return None
        known = numbers.to_numpy()[: len(numbers) // 2 * 2].reshape(-1, 2)
        beyond = np.maximum(-known, known - [wide, high]).max(axis=1)
        x, y = known[beyond.argmax()].tolist()
        return f"expected points within {_size(wide, high)} px, found ({number(x)}, {number(y)})"

    return _each(say, points, outline.outside.tolist(), room.width.tolist(), room.height.tolist())


@words("annotations")
def crowd_without_runs_said(shape: pl.Series) -> pl.Series:
    """What it has."""
    return _each(lambda one: f"expected run lengths of a crowd, found {_SHAPES.get(one)}", shape)


@words("annotations")
def instance_of_runs_said(shape: pl.Series) -> pl.Series:
    """What it has."""
    return _each(
        lambda _: "expected polygons of an object that is no crowd, found run lengths", shape
    )


@words("annotations")
def no_segmentation_said(shape: pl.Series) -> pl.Series:
    """What it lacks."""
    return _each(lambda _: "expected an outline beside the box, found none", shape)


@words("annotations")
def has_ignore_said(ignored: pl.Series) -> pl.Series:
    """Which key."""
    return _each(lambda _: 'expected iscrowd alone, found a key "ignore"', ignored)


@words("annotations")
def mask_size_off_said(mask_height: pl.Series, mask_width: pl.Series, room: Room) -> pl.Series:
    """Both sizes, as a file has them."""
    return _each(
        lambda high, wide, height, width: f"expected size [{height}, {width}], found "
        f"[{high}, {wide}]",
        mask_height, mask_width, room.height.tolist(), room.width.tolist(),
    )  # fmt: skip


@words("annotations")
def runs_off_said(mask_height: pl.Series, mask_width: pl.Series, outline: Outline) -> pl.Series:
    """How many pixels there are, and how many runs count."""
    return _each(
        lambda high, wide, runs: f"expected runs of {number((high or 0) * (wide or 0))} px, found "
        f"{number(runs)}",
        mask_height, mask_width, outline.runs.tolist(),
    )  # fmt: skip


@words("annotations")
def keypoints_off_said(keypoints: pl.Series, keypoints_wanted: pl.Series) -> pl.Series:
    """How many numbers."""
    return _each(
        lambda there, wanted: None if wanted is None else
        f"expected {3 * wanted} numbers, 3 for each key point of the category, found {there or 0}",
        keypoints.list.len(), keypoints_wanted,
    )  # fmt: skip


@words("annotations")
def keypoints_miscounted_said(keypoint_faults: Numbers, keypoints_stated: pl.Series) -> pl.Series:
    """Both numbers."""
    return _each(
        lambda seen, stated: f"expected num_keypoints {seen}, which have v above 0, found "
        f"{'none' if stated is None else stated}",
        keypoint_faults[:, 0].tolist(), keypoints_stated,
    )  # fmt: skip


@words("annotations")
def keypoints_wrong_said(keypoints: pl.Series, keypoint_faults: Numbers, room: Room) -> pl.Series:
    """Which key point."""

    def say(some: pl.Series | None, wrong: int, width: int, height: int) -> str | None:
        known = some.to_numpy() if wrong and some is not None else np.zeros(0)
        for at, (x, y, v) in enumerate(known[: len(known) // 3 * 3].reshape(-1, 3).tolist()):
            one = np.array([x, y, v]), np.array([0, 3])
            if joints.counted(*one, np.array([width]), np.array([height]))[0, 1]:
                room_ = _size(width, height)
                place = f"v {number(v)} at ({number(x)}, {number(y)}), key point {at}"
                return f"expected v 0 at (0, 0), or 1 or 2 within {room_} px, found {place}"
        return None

    return _each(say, keypoints, keypoint_faults[:, 1].tolist(), room.width.tolist(),
                 room.height.tolist())  # fmt: skip
