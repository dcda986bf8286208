"""
Boxes of one image that are nearly the same: which have another of their kind, or of another.

Few boxes are compared two by two.  Many are put into cells of a grid of four dimensions,
position and size, so fine that boxes which overlap by so much lie in neighbouring cells; of
boxes that are equal one is compared for all.  Time does not grow with the square of their
number: what is not found after so many comparisons on average is said not to be known.
"""

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.kernels import helper, kernel

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Hashes = NDArray[np.uint64]

KNOWN, FOUND, UNKNOWN = range(3)
"""That no other overlaps by so much; that one does; that there were too many to compare."""

_FEW = 512  # boxes of an image that are compared two by two
_STEPS = 512  # comparisons for each box of an image of more

_COPIES, _ALIKE, _CONFLICT = range(3)
_X, _Y, _W, _H = range(4)
_SLACK = 1e-9  # of the overlap, so that no rounding parts what lies in neighbouring cells
_EMPTY = -1
_FAR = float(1 << 60)
_LEAST = 1e-300  # px: no cell is narrower, and nothing is divided by 0
_COARSE = 4  # steps of a cell: the more, the fewer cells to look into, and the more in each
_ONCE = np.uint64(0x9E3779B97F4A7C15)
_TWICE = np.uint64(0xFF51AFD7ED558CCD)


@helper
def overlap(  # noqa: PLR0913, PLR0917
    x: float, y: float, w: float, h: float, x2: float, y2: float, w2: float, h2: float
) -> float:
    """Intersection over union of two boxes; 0 where they share nothing."""
    wide = min(x + w, x2 + w2) - max(x, x2)
    high = min(y + h, y2 + h2) - max(y, y2)
    if not (wide > 0 and high > 0):
        return 0.0
    inner = wide * high
    union = w * h + w2 * h2 - inner
    return inner / union if union > 0 else 0.0  # of the least numbers the product is none


@helper
def _of(boxes: Floats, one: int, other: int) -> float:
    return overlap(
        boxes[one, _X], boxes[one, _Y], boxes[one, _W], boxes[one, _H],
        boxes[other, _X], boxes[other, _Y], boxes[other, _W], boxes[other, _H],
    )  # fmt: skip


def compared(row: Numbers, kind: Numbers, crowd: Numbers, boxes: Floats, least: float) -> Numbers:
    """
    Compare the boxes of each image.

    Args:
        row: The image of each; those of one lie together.
        kind: A number for its class.
        crowd: Whether it is of a crowd.
        boxes: Left and top edge, width and height; float64, shape (A, 4).
        least: The intersection over union from which on two are nearly the same.

    Returns:
        Of each: how many others of its class, crowds with crowds, have the same box; whether one
        overlaps by so much and does not have the same box; and whether one of another class
        does, crowd or not.  The last two as `KNOWN`, `FOUND` or `UNKNOWN`; int64, shape (A, 3).
    """
    edges = np.flatnonzero(np.diff(row, prepend=-1, append=-1))
    if not len(row):
        edges = np.zeros(1, np.int64)
    found = np.zeros((len(row), 3), np.int64)
    _pairs(edges, _FEW, kind, crowd, boxes, least, found)
    for image in np.flatnonzero(np.diff(edges) > _FEW):
        some = slice(edges[image], edges[image + 1])
        found[some] = _crowded(kind[some], crowd[some], boxes[some], least)
    return found


@kernel
def _pairs(  # noqa: PLR0913, PLR0917
    edges: Numbers, few: int, kind: Numbers, crowd: Numbers, boxes: Floats, least: float,
    found: Numbers,
) -> None:  # fmt: skip
    """Compare those of images with few boxes, two by two."""
    for image in range(len(edges) - 1):
        start, stop = edges[image], edges[image + 1]
        if stop - start > few:
            continue
        for one in range(start, stop - 1):
            for other in range(one + 1, stop):
                is_alike = kind[one] == kind[other] and crowd[one] == crowd[other]
                if (
                    is_alike and boxes[one, _X] == boxes[other, _X]
                    and boxes[one, _Y] == boxes[other, _Y] and boxes[one, _W] == boxes[other, _W]
                    and boxes[one, _H] == boxes[other, _H]
                ):  # fmt: skip
                    found[one, _COPIES] += 1
                    found[other, _COPIES] += 1
                    continue
                if not is_alike and kind[one] == kind[other]:
                    continue
                if _of(boxes, one, other) >= least:
                    which = _ALIKE if is_alike else _CONFLICT
                    found[one, which] = FOUND
                    found[other, which] = FOUND


def _crowded(kind: Numbers, crowd: Numbers, boxes: Floats, least: float) -> Numbers:
    """Compare the boxes of one image with many."""
    found = np.zeros((len(kind), 3), np.int64)
    named = {"kind": kind, "crowd": crowd, **dict(zip("xywh", boxes.T, strict=True))}
    some = pl.DataFrame({**named, "at": np.arange(len(kind))}).filter(
        pl.all_horizontal(pl.col("x", "y", "w", "h").is_finite())
    )
    alike = some.with_columns(
        pl.len().over(*named).alias("count"), pl.col("at").min().over(*named).alias("first")
    )
    at, first = (alike.get_column(name).to_numpy() for name in ("at", "first"))
    found[at, _COPIES] = alike.get_column("count").to_numpy().astype(np.int64) - 1
    once = at[(at == first) & (boxes[at, _W] > 0) & (boxes[at, _H] > 0)]
    group = _grouped(some)[np.searchsorted(at, once)]
    cells = _celled(boxes[once], *_widths(least))
    order = np.lexsort((_shuffled(len(once)), group, cells))
    once = once[order]
    found[once, 1:] = _searched(
        boxes[once], cells[order], group[order], kind[once], least, *_widths(least),
        _STEPS * len(once),
    )  # fmt: skip
    found[at, 1:] = found[first, 1:]
    return found


def _grouped(rows: pl.DataFrame) -> Numbers:
    """Number what differs in kind or crowd, in the order of the kinds."""
    kind, crowd = (pl.col(name).rank("dense").cast(pl.Int64) for name in ("kind", "crowd"))
    return rows.select(kind * (rows.height + 1) + crowd).to_series().to_numpy()


def _shuffled(count: int) -> Numbers:
    """An order in which no kind of box comes first."""
    return np.random.Generator(np.random.PCG64(count)).permutation(count)


def _widths(least: float) -> tuple[float, float]:
    """How far sizes may differ, as a difference of logarithms; and positions, as a share."""
    slack = least * (1 - _SLACK)
    return -float(np.log(slack)), 1 - slack


@helper
def _level(side: float, ratio: float) -> tuple[int, int]:
    """The step that a length is in, and the one beside it that it is near to, or the same."""
    place = math.log(side) / ratio
    level = math.floor(place / _COARSE)
    low, high = math.floor((place - 1) / _COARSE), math.floor((place + 1) / _COARSE)
    return int(level), int(low if low < level else high)


@helper
def _whole(number: float) -> int:
    return int(min(max(np.floor(number), -_FAR), _FAR))  # floats: some are beyond all integers


@helper
def _cell(at: float, level: int, ratio: float, share: float) -> tuple[int, int]:
    """Likewise of an edge, where boxes of a step have cells as wide as they need them."""
    near = max(share * math.exp(ratio * (_COARSE * (level + 1) + 1)), _LEAST)
    cell, low = _whole(at / near / _COARSE), _whole((at / near - 1) / _COARSE)
    return cell, low if low < cell else _whole((at / near + 1) / _COARSE)


@helper
def _hash(wide: int, high: int, column: int, line: int) -> np.uint64:
    value = np.uint64(0)
    for number in (wide, high, column, line):
        value = (value ^ np.uint64(number)) * _ONCE
        value = (value ^ (value >> np.uint64(29))) * _TWICE
    return value


@kernel
def _celled(boxes: Floats, ratio: float, share: float) -> Hashes:
    """A hash of the cell of each box."""
    cells = np.empty(len(boxes), np.uint64)
    for n in range(len(boxes)):
        wide, high = _level(boxes[n, _W], ratio)[0], _level(boxes[n, _H], ratio)[0]
        column = _cell(boxes[n, _X], wide, ratio, share)[0]
        cells[n] = _hash(wide, high, column, _cell(boxes[n, _Y], high, ratio, share)[0])
    return cells


@helper
def _first(values: Numbers, start: int, stop: int, wanted: int) -> int:
    """The first of ordered values that is not less than *wanted*."""
    while start < stop:
        middle = (start + stop) // 2
        if values[middle] < wanted:
            start = middle + 1
        else:
            stop = middle
    return start


@helper
def _slot(table: Numbers, cells: Hashes, wanted: np.uint64) -> int:
    """Where the first box of a cell stands in a table, or could stand."""
    slot = np.int64(wanted & np.uint64(len(table) - 1))
    while table[slot] != _EMPTY and cells[table[slot]] != wanted:
        slot = (slot + 1) & (len(table) - 1)
    return int(slot)


@kernel
def _searched(  # noqa: C901, PLR0912, PLR0913, PLR0917
    boxes: Floats, cells: Hashes, group: Numbers, kind: Numbers, least: float, ratio: float,
    share: float, steps: int,
) -> Numbers:  # fmt: skip
    """Find for boxes, ordered by cell and group, one of their group, and one of another kind."""
    many, size = len(boxes), 1
    while size < 2 * many:
        size *= 2
    table = np.full(size, _EMPTY, np.int64)
    ends = np.empty(many, np.int64)  # where the cell ends that begins with a box
    stop = many
    for n in range(many - 1, -1, -1):
        if n == 0 or cells[n] != cells[n - 1]:
            table[_slot(table, cells, cells[n])] = n
            ends[n], stop = stop, n
    found = np.zeros((many, 2), np.int64)
    for n in range(many):
        wides, highs = _level(boxes[n, _W], ratio), _level(boxes[n, _H], ratio)
        for which in range(16):  # its own cell first
            wide = wides[1] if which & 1 else wides[0]
            high = highs[1] if which & 2 else highs[0]
            columns = _cell(boxes[n, _X], wide, ratio, share)
            lines = _cell(boxes[n, _Y], high, ratio, share)
            column = columns[1] if which & 4 else columns[0]
            line = lines[1] if which & 8 else lines[0]
            if (
                (which & 1 and wides[0] == wides[1]) or (which & 2 and highs[0] == highs[1])
                or (which & 4 and columns[0] == columns[1]) or (which & 8 and lines[0] == lines[1])
            ):  # fmt: skip
                continue
            start = table[_slot(table, cells, _hash(wide, high, column, line))]
            if start == _EMPTY:
                continue
            stop = ends[start]
            if not found[n, 0]:
                other = _first(group, start, stop, group[n])
                while other < stop and group[other] == group[n] and steps > 0:
                    steps -= 1
                    if other != n and _of(boxes, n, other) >= least:
                        found[n, 0] = found[other, 0] = FOUND
                        break
                    other += 1
            if not found[n, 1]:
                other = start
                while other < stop and steps > 0:
                    if kind[other] == kind[n]:  # past all of these at once
                        other = _first(kind, other, stop, kind[n] + 1)
                        continue
                    steps -= 1
                    if _of(boxes, n, other) >= least:
                        found[n, 1] = found[other, 1] = FOUND
                        break
                    other += 1
            if found[n, 0] and found[n, 1]:
                break
        if steps <= 0:
            for rest in range(n, many):
                for side in range(2):
                    if not found[rest, side]:
                        found[rest, side] = UNKNOWN
            break
    return found
