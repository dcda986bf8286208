"""Which segments a mask has, and which its list says that it has."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.measures import kernel, measure
from datastd.measures.masks import Counts, Masks
from datastd.model import Level

MEASURED = ("area", "x", "y", "w", "h")
"""What mask and list say of a segment: its pixels, and the box around them."""


@measure("F278", "mask-segments", unit="segment", level=Level.WARN)
def segments(mask: Masks, annotations: pl.DataFrame) -> pl.DataFrame:
    """
    Segments of each panoptic mask, and of its list: a table.

    A row for each number that either has, but 0, which is none: ``row``, ``segment``; ``listed``
    (how often the list has it); ``area_listed_px`` and the box, ``x_listed_px`` and ``y``, ``w``,
    ``h`` likewise, of the last where it is listed several times, null where it is not; and
    ``area_found_px``, ``x_found_px`` and so on of its pixels, 0 where there are none.

    Why it matters:
        What is compared with the mask is the list.

    Remedy:
        None: C213 judges it.

    Source:
        cocodataset.org, "Data format", 4.
    """
    row = annotations.get_column("row").to_numpy()
    numbers = annotations.get_column("segment").to_numpy()
    rows, found = [], []
    for number, one in enumerate(mask):
        listed = np.unique(numbers[np.searchsorted(row, number) : np.searchsorted(row, number + 1)])
        ids, boxes = _of_mask(one, listed)
        rows.append(np.full(len(ids), number))
        found.append(np.column_stack([ids, boxes]))
    columns = np.concatenate([np.zeros((0, 6), np.int64), *found]).T
    names = ("segment", *(f"{one}_found_px" for one in MEASURED))
    there = pl.DataFrame(
        {"row": np.concatenate([np.zeros(0, np.int64), *rows])}
        | dict(zip(names, columns, strict=True))
    )
    stated = annotations.group_by("row", "segment", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("listed"),
        *(pl.col(f"{one}_px").last().alias(f"{one}_listed_px") for one in MEASURED),
    )
    joined = there.join(stated, ["row", "segment"], "left", maintain_order="left")
    return joined.with_columns(pl.col("listed").fill_null(0))


def _of_mask(mask: NDArray[Any], listed: Counts) -> tuple[Counts, Counts]:
    """The numbers that a mask or its list has; of each its pixels, and the box around them."""
    seen = np.zeros((len(listed), 5), np.int64)
    if not _boxes(mask, listed, seen):
        return listed, _sides(seen)
    others = np.setdiff1d(np.unique(mask).astype(np.int64), np.append(listed, 0))
    every = np.union1d(listed, others)
    seen = np.zeros((len(every), 5), np.int64)
    _boxes(mask, every, seen)
    return every, _sides(seen)


def _sides(seen: Counts) -> Counts:
    """Pixels, least column and row, and how many columns and rows, of pixels and their bounds."""
    has = seen[:, 0] > 0
    sides = seen[:, 3:] - seen[:, 1:3] + 1
    return np.column_stack([seen[:, :3], sides * has[:, None]])


@kernel
def _boxes(mask: NDArray[Any], ids: Counts, seen: Counts) -> bool:
    """
    Count the pixels of each of some numbers, in order; say whether there are others, but 0.

    Of each, *seen* takes pixels, and its least column and row, and its greatest.
    """
    height, width = mask.shape
    others, slot = False, np.int64(-1)
    for y in range(height):
        for x in range(width):
            value = np.int64(mask[y, x])
            if slot < 0 or ids[slot] != value:
                slot = np.int64(np.searchsorted(ids, value))
                if slot == len(ids) or ids[slot] != value:
                    others |= value != 0
                    slot = np.int64(-1)
                    continue
            one = seen[slot]
            if not one[0]:
                one[1], one[2], one[3], one[4] = x, y, x, y
            one[0] += 1
            one[1], one[3] = min(one[1], x), max(one[3], x)
            one[4] = y
    return others
