"""
What only the process that judged can show: rows, histograms, pictures, explanations.

A report that was loaded from a file has none of it, and its faces say so.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.model import Outcome, Verdict
from datastd.report import Report
from datastd.report.histogram import Distribution

Pixels: TypeAlias = NDArray[np.generic]
Box: TypeAlias = Sequence[float]
"""Left and top edge of a box in a picture, its width and its height, in pixels."""

_COLOUR = 255, 0, 128
_LINES = 64  # of them are as high as a picture


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What lies behind the numbers of a report.

    Attributes:
        distributions: By code, each limited column.
        first: Gives the first failing rows of a code and those that belong with
            them, so many at most: ``key``, ``split``, ``detail``, ``group``, in the order
            of the first of each group.
        pictured: Codes whose keys are of samples that may have a picture.
        pictures: Yields pictures (H, W, C) by key, read again, in any order, for an annotation
            with its box drawn; what has gone or changed is left out.
        explained: Gives the docstring of a code; empty where there is none.
    """

    distributions: Mapping[str, Distribution]
    first: Callable[[str, int], pl.DataFrame]
    pictured: frozenset[str]
    pictures: Callable[[Sequence[str]], Iterator[tuple[str, Pixels]]]
    explained: Callable[[str], str]


class Finding(NamedTuple):
    """One failing row; *group* is equal for rows that are about each other."""

    key: str
    split: str
    says: str
    group: str | None = None


def findings(report: Report, verdict: Verdict, most: int) -> list[Finding]:
    """
    List the first failing rows of a verdict, *most* of them.

    Where nobody knows them all, they are what the verdict names: its examples; and
    classes, splits or inputs where a rule is about no row.
    """
    if report.evidence and verdict.failed:
        rows: list[tuple[Any, ...]] = report.evidence.first(verdict.code, most).rows()
        if rows:
            return [Finding(*row) for row in rows]
    named = verdict.examples if verdict.failed or verdict.outcome is not Outcome.PASS else ()
    return [Finding(one.key, "", one.says) for one in named[:most]]


def outlined(pixels: Pixels, box: Box) -> Pixels:
    """
    The picture (H, W, C) with a box drawn around what lies in it, as far as it is inside.

    Where pixels are no bytes, it is as it was.
    """
    height, width, channels = pixels.shape
    if pixels.dtype != np.uint8 or not all(map(math.isfinite, box)):
        return pixels
    colour = [*_COLOUR, 255][: 4 if channels in {2, 4} else 3]
    drawn = pixels.repeat([3, *[1] * (channels - 1)], axis=2) if channels < 3 else pixels.copy()  # noqa: PLR2004
    wide = max(1, max(height, width) // _LINES)
    x, y, w, h = box
    left, right = (int(min(max(n, 0), width)) for n in (x, x + w))
    top, bottom = (int(min(max(n, 0), height)) for n in (y, y + h))
    for rows, columns in (
        (slice(top, top + wide), slice(left, right + wide)),
        (slice(bottom, bottom + wide), slice(left, right + wide)),
        (slice(top, bottom + wide), slice(left, left + wide)),
        (slice(top, bottom + wide), slice(right, right + wide)),
    ):
        drawn[rows, columns] = colour
    return drawn
