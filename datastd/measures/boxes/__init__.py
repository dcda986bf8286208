"""
Instruments for boxes of objects in pictures, and for the outlines that come with them.

Annotations have the columns that sources of boxes agree on: ``x_px``, ``y_px``, ``w_px`` and
``h_px`` (left and top edge, width and height; the first pixel begins at 0), ``category`` and
``class_name``, ``crowd``; those of COCO also ``area_px``, and outlines as flat lists of numbers:
``shape``, ``points`` and ``rings``, ``counts``, ``mask_height`` and ``mask_width``.  Every outline
of a batch is gone through once (`outline`), and so are the boxes of each image (`nearness`).
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.measures.boxes import joints, outlines, overlaps

Numbers: TypeAlias = NDArray[np.int64]  # (A,)
Floats: TypeAlias = NDArray[np.float64]  # (A,)
Flags: TypeAlias = NDArray[np.bool_]  # (A,)
Column: TypeAlias = Any
"""A column of a batch: an array or a series, a value a sample."""

NEARLY = 0.95
"""The intersection over union from which on two boxes are nearly one (cleanlab)."""

_FINEST = 1e6  # a millionth of a pixel is what floats round, and no place

HUGE = np.errstate(over="ignore", invalid="ignore")
"""Where numbers are so large that a product is none: what comes out is judged, not told."""

_ROUNDED = 4.0  # px² by which a mask and its polygon may differ, whatever their size


class Box(NamedTuple):
    """
    Boxes; shape (A,) each.

    Attributes:
        x: Left edge; float64, NaN where no box is stated, as of a caption.
        y: Top edge.
        w: Width.
        h: Height.
        stated: Whether there is one.
    """

    x: Floats
    y: Floats
    w: Floats
    h: Floats
    stated: Flags


class Room(NamedTuple):
    """The picture of each annotation, in pixels; int64, shape (A,) each."""

    width: Numbers
    height: Numbers


class Outline(NamedTuple):
    """
    Outlines, measured; shape (A,) each.

    Attributes:
        area: What they enclose, px²: polygons by the shoelace formula, added up; runs counted.
        left: Edges of the smallest box around it; NaN where it covers nothing.
        outside: How far the farthest point of a polygon is outside of the picture, px.
        odd: Polygons of an odd count of numbers.
        short: Polygons of fewer than 6 numbers.
        flat: Others that enclose less than 1 px².
        runs: The sum of the runs.
    """

    area: Floats
    left: Floats
    top: Floats
    right: Floats
    bottom: Floats
    outside: Floats
    odd: Numbers
    short: Numbers
    flat: Numbers
    runs: Numbers


class Nearness(NamedTuple):
    """
    What other boxes of the image each is near to; shape (A,) each.

    Attributes:
        copies: How many of its class have the same box.
        alike: Whether another of its class nearly has; `overlaps.KNOWN`, `FOUND`, `UNKNOWN`.
        conflict: Whether one of another class does, or nearly.
    """

    copies: Numbers
    alike: Numbers
    conflict: Numbers


def box(x_px: pl.Series, y_px: pl.Series, w_px: pl.Series, h_px: pl.Series) -> Box:
    """The boxes of a batch."""
    sides = x_px, y_px, w_px, h_px
    stated = np.logical_or.reduce([one.is_not_null().to_numpy() for one in sides])
    x, y, w, h = (one.to_numpy() for one in sides)
    return Box(x, y, w, h, stated)


def room(row: pl.Series, stated_width: Column, stated_height: Column) -> Room:
    """The pictures, as the file states their sizes."""
    return decoded_room(row, stated_width, stated_height)


def decoded_room(row: pl.Series, width_px: Column, height_px: Column) -> Room:
    """The pictures, as they are decoded."""
    of = row.to_numpy()
    sizes = (np.asarray(one).astype(np.int64) for one in (width_px, height_px))
    return Room(*(one[of] for one in sizes))


@HUGE
def overhang_px(box: Box, room: Room) -> Floats:
    """How far each box reaches beyond its picture, to a millionth of a pixel; 0 without a box."""
    right, bottom = box.x + box.w - room.width, box.y + box.h - room.height
    beyond = np.maximum(np.maximum(-box.x, -box.y), np.maximum(right, bottom))
    known = np.where((room.width > 0) & (room.height > 0), beyond, np.nan)
    return np.where(box.stated, in_millionths(np.maximum(known, 0)), 0)


@HUGE
def in_millionths(length: Floats) -> Floats:
    """Lengths without what floats round: 600.31 + 41.69 is no 642."""
    return np.round(length * _FINEST) / _FINEST


def up_to_one(overhang_px: Floats) -> Floats:
    """What reaches beyond a picture by no more than a pixel; else 0."""
    return np.where(overhang_px > 1, 0, overhang_px)  # no number stays none


def listed(lists: pl.Series) -> tuple[NDArray[Any], Numbers]:
    """The values of lists, one after the other, and where each list begins; a null has none."""
    ends = np.zeros(len(lists) + 1, np.int64)
    np.cumsum(lists.list.len().fill_null(0).to_numpy(), out=ends[1:])
    values = lists.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()).flatten()
    return values.to_numpy(zero_copy_only=False), ends


def outline(  # noqa: PLR0913, PLR0917
    shape: pl.Series, points: pl.Series, rings: pl.Series, counts: pl.Series,
    mask_height: pl.Series, room: Room,
) -> Outline:  # fmt: skip
    """The outlines of a batch, gone through once."""
    sizes, faults = outlines.outlined(
        shape.to_numpy(), listed(points)[0], *listed(rings), *listed(counts),
        mask_height.fill_null(0).to_numpy(), *room,
    )  # fmt: skip
    return Outline(*sizes.T, *faults.T)


def told_of(
    row: pl.Series, annotation: pl.Series, area_px: pl.Series, keypoints_stated: pl.Series
) -> Numbers:
    """
    A number for each picture, and for what a file tells of it: boxes of one number are compared.

    Several files may list the same objects, each to tell something else of them: boxes that all
    have key points, or that a detector found, which have no area, are no copies of others.  Those
    of one file are compared, whatever they have.
    """
    image = row.cast(pl.Int64)
    if not annotation.str.contains(".", literal=True).any():  # ``1.17`` is of a second file
        return image.to_numpy()
    told = pl.DataFrame({
        "image": image, "file": annotation.str.extract(r"^(\d+)\."),
        "pointed": keypoints_stated.is_not_null(), "found": area_px.is_null(),
    }).with_columns(pl.col("pointed", "found").all().over("image", "file"))  # fmt: skip
    kinds = told["pointed"].cast(pl.Int64) * 2 + told["found"].cast(pl.Int64)
    return np.asarray(image.to_numpy() * 4 + kinds.to_numpy())


def nearness(
    told_of: Numbers, category: pl.Series, class_name: pl.Series, crowd: pl.Series, box: Box
) -> Nearness:
    """The boxes of each image of a batch, compared once."""
    names = class_name.rank("dense").fill_null(0)  # a class without a number goes by its name
    kind = names if category.is_null().all() else category.fill_null(-1)
    order: Numbers | slice = slice(None)
    if (np.diff(told_of) < 0).any():  # of several files
        order = np.argsort(told_of, kind="stable")
    found = np.empty((len(told_of), 3), np.int64)
    found[order] = overlaps.compared(
        told_of[order], kind.cast(pl.Int64).to_numpy()[order],
        crowd.fill_null(0).to_numpy()[order], np.stack(box[:4], axis=1)[order], NEARLY,
    )  # fmt: skip
    return Nearness(*found.T)


@HUGE
def area_share_off(area_px: pl.Series, shape: pl.Series, outline: Outline) -> Floats:
    """By which share of its outline's area a stated one is off; 0 up to 4 px², or without one."""
    off = np.abs(area_px.to_numpy() - outline.area)
    share = np.where(off <= _ROUNDED, 0, off / np.maximum(outline.area, 1))
    share[~np.isfinite(outline.area)] = np.inf  # which no share is off
    none = (shape == outlines.NONE) | area_px.is_null()
    return np.where(none.to_numpy(), 0, share)


def keypoint_faults(keypoints: pl.Series, room: Room) -> NDArray[np.int64]:
    """Of each annotation the key points that are labelled, and those that are wrong; (A, 2)."""
    found: NDArray[np.int64] = joints.counted(*listed(keypoints), *room)
    return found
