"""
Instruments for masks: which values they have, how many pixels of each, and what stands alone.

A batch has ``mask`` as a list of arrays (H, W), as stored.  One pass over the pixels of each
serves all measures.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.measures import helper, kernel

Masks: TypeAlias = Sequence[NDArray[Any]]
"""Masks of a batch; shape (H, W) each, none of them alike in size."""

Counts: TypeAlias = NDArray[np.int64]

OF_CLASSES = 0
"""What `mask_kind` is of masks of classes."""

_NARROW = 2  # bytes of a value: all that there can be have a place in a table


class Looked(NamedTuple):
    """
    What is in masks; one of each per mask.

    Attributes:
        values: The distinct values, in order.
        counts: How many pixels each has; int64.
        isolated: Pixels none of whose eight neighbours has their value; int64, shape (N,).
    """

    values: list[NDArray[Any]]
    counts: list[Counts]
    isolated: Counts

    @property
    def pixels(self) -> Counts:
        """Pixels of each; shape (N,)."""
        return np.array([counts.sum() for counts in self.counts], np.int64)


def looked(mask: Masks) -> Looked:
    """Look at each mask once."""
    values, counts, isolated = [], [], []
    for one in mask:
        known, found, alone = _look(one)
        values.append(known)
        counts.append(found)
        isolated.append(alone)
    return Looked(values, counts, np.array(isolated, np.int64))


def _look(mask: NDArray[Any]) -> tuple[NDArray[Any], Counts, int]:
    known, places = numbered(mask)
    counts = np.zeros(len(known), np.int64)
    alone = _counted(places, counts)
    there = np.flatnonzero(counts)
    return known[there], counts[there], alone


def numbered(mask: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Values that pixels may have, in order, and of each pixel the place of its own among them."""
    if mask.dtype.kind == "u" and mask.dtype.itemsize <= _NARROW:  # each is its own place
        return np.arange(1 << (8 * mask.dtype.itemsize), dtype=mask.dtype), mask
    known, places = np.unique(mask, return_inverse=True)
    return known, places.reshape(mask.shape)


@kernel
def _counted(mask: NDArray[Any], counts: Counts) -> int:
    """Count the pixels of each value; also those that none of their neighbours is like."""
    height, width = mask.shape
    alone = 0
    for y in range(height):
        for x in range(width):
            value = mask[y, x]
            counts[value] += 1
            if x and mask[y, x - 1] == value:  # nearly always
                continue
            alone += not _is_beside(mask, y, x)
    return alone


@helper
def _is_beside(mask: NDArray[Any], y: int, x: int) -> bool:
    """Whether one of the neighbours of a pixel has its value."""
    height, width = mask.shape
    for down in range(max(0, y - 1), min(height, y + 2)):
        for right in range(max(0, x - 1), min(width, x + 2)):
            if (down != y or right != x) and mask[down, right] == mask[y, x]:
                return True
    return False


def class_counts(classes_stated: pl.Series, mask_classes: int | None) -> pl.Series:
    """How many classes there are, as the standard says, or else the data; null where neither."""
    if mask_classes is None:
        return classes_stated
    return pl.repeat(mask_classes, len(classes_stated), dtype=pl.Int64, eager=True)
