"""
The second look: how unlike two pictures are, whatever was done to a copy.

`sketches` draws each picture small, once; `unlike` compares two sketches. What is left of
a picture in its sketch is where it is brighter, redder or bluer than what is around: copies
keep that when they are compressed, resized, cropped by a little, or changed in brightness,
contrast and tint, and two pictures of one layout (a plane in a sky) do not share it.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.measures import Numbers, helper, kernel
from datastd.measures.pixels import Floats
from datastd.measures.pixels.thumbnail import Cells, averages, stacks

SIDE = 16
REACH = 6  # cells to each side that are "around"
TWICE = 2.0  # a difference of colour weighs as much as twice that of brightness
CLIP = 2.0  # root mean squares, beyond which a cell counts no more
FAINT = 0.01  # of the energy: less colour than this is none

LINE = SIDE + 2  # a row of cells, and an empty one at either end
PLANE = LINE * (SIDE + 2)
SIZE = 3 * PLANE

Cell8: TypeAlias = NDArray[np.int8]
Energy: TypeAlias = NDArray[np.int32]


class Sketches(NamedTuple):
    """
    Pictures drawn small.

    Attributes:
        cells: Shape (N, 972), int8: 3 planes of 18 rows of 18 cells, the outermost empty.
        energy: Shape (N, 2, 3, 3), int32: sum of the squares of the cells that are left
            when so many rows and columns (none: the middle) are cut off at one side; of
            brightness, and of all planes.
    """

    cells: Cell8
    energy: Energy


def sketches(image: Numbers | Sequence[Numbers]) -> Sketches:
    """
    Draw each image of shape (H, W, C) as 3 planes of 16 by 16 cells from -127 to 127.

    Planes are brightness (0.299 R + 0.587 G + 0.114 B), twice R - G, and twice
    B - (R + G) / 2, each averaged over the cells of a grid (`thumbnail`); less the mean of
    the cells around, with weights 1 to 7 to 1 down and across, the border repeated; over
    the root mean square of all three planes, cut off at ±2, which becomes ±127. Grey
    images have empty planes of colour; alpha is left aside. Of an image with a value that
    is not finite, or of one level, all is 0: it is like none.
    """
    found = [_sketch(averages(stack, SIDE, zero)) for stack, zero in stacks(image)]
    if not found:
        return Sketches(np.zeros((0, SIZE), np.int8), np.zeros((0, 2, 3, 3), np.int32))
    return Sketches(*(np.concatenate(part) for part in zip(*found, strict=True)))


BYTES = SIZE + 2 * 3 * 3 * 4
"""Of one sketch."""


def packed(drawn: Sketches) -> NDArray[np.object_]:
    """Each sketch as `BYTES` bytes, which `unpacked` reads; shape (N,)."""
    cells, energy = drawn
    numbers = np.ascontiguousarray(energy).reshape(len(cells), BYTES // 4 - SIZE // 4)
    whole = np.concatenate([cells.view(np.uint8), numbers.view(np.uint8)], axis=1)
    sketches = np.empty(len(whole), object)
    sketches[:] = [one.tobytes() for one in whole]
    return sketches


def unpacked(whole: NDArray[np.uint8]) -> Sketches:
    """The sketches that are these bytes, shape (N, BYTES)."""
    energy = np.ascontiguousarray(whole[:, SIZE:]).view(np.int32)
    return Sketches(whole[:, :SIZE].view(np.int8), energy.reshape(len(whole), 2, 3, 3))


@kernel
def _sketch(averages: Floats) -> tuple[Cell8, Energy]:
    images, channels = averages.shape[:2]
    drawn = np.zeros((images, 3, SIDE + 2, LINE), np.int8)
    energy = np.zeros((images, 2, 3, 3), np.int32)
    for n in range(images):
        planes = np.zeros((3, SIDE, SIDE))
        if channels < 3:  # noqa: PLR2004
            planes[0] = _less_around(averages[n, 0])
        else:
            red, green, blue = averages[n, 0], averages[n, 1], averages[n, 2]
            planes[0] = _less_around(0.299 * red + 0.587 * green + 0.114 * blue)
            planes[1] = _less_around(TWICE * (red - green))
            planes[2] = _less_around(TWICE * (blue - (red + green) / 2))
        scale = np.sqrt((planes * planes).mean()) * CLIP
        if not (scale > 0 and np.isfinite(scale)):
            continue
        for plane in range(3):
            for y in range(SIDE):
                for x in range(SIDE):
                    level = min(1.0, max(-1.0, planes[plane, y, x] / scale))
                    drawn[n, plane, y + 1, x + 1] = np.int8(np.floor(127 * level + 0.5))
        _weigh(drawn[n], energy[n])
    return drawn.reshape(images, SIZE), energy


@helper
def _weigh(cells: Cell8, energy: Energy) -> None:
    """Sum the squares of what is left when a row or column is cut off; (3, 18, 18), (2, 3, 3)."""
    for down in range(3):
        for right in range(3):
            for plane in range(3):
                total = np.int64(0)
                for y in range(max(0, down - 1), SIDE + min(0, down - 1)):
                    for x in range(max(0, right - 1), SIDE + min(0, right - 1)):
                        cell = np.int64(cells[plane, y + 1, x + 1])
                        total += cell * cell
                energy[1, down, right] += total
                if plane == 0:
                    energy[0, down, right] = total


@register_jitable
def _less_around(cells: Cells) -> Cells:
    """What each cell has more than those around it."""
    down, around = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    whole = (REACH + 1) * (REACH + 1)
    for y in range(SIDE):
        for d in range(-REACH, REACH + 1):
            at = min(SIDE - 1, max(0, y + d))
            for x in range(SIDE):
                down[y, x] += (REACH + 1 - abs(d)) * cells[at, x]
    for y in range(SIDE):
        for x in range(SIDE):
            for d in range(-REACH, REACH + 1):
                around[y, x] += (REACH + 1 - abs(d)) * down[y, min(SIDE - 1, max(0, x + d))]
    return cells - around / (whole * whole)


@helper
def mirror(cells: Cell8, into: Cell8) -> None:
    """Turn one sketch left to right."""
    for start in range(0, SIZE, LINE):
        for x in range(LINE):
            into[start + x] = cells[start + LINE - 1 - x]


@helper
def unlike(
    one: Cell8,
    other: Cell8,
    energy: Energy,
    others: Energy,
    mirrored: bool,  # noqa: FBT001
) -> float:
    """
    How unlike two sketches are, from 0, alike, to 1: one minus their greatest correlation.

    The sketches are laid over one another, and moved by up to one cell (a sixteenth of
    the picture) down and across; the correlation is that of the cells that overlap, as
    they are: a sketch has no mean. Where either picture has no colour, brightness alone
    is compared. For kernels. *other* is given as it shall be laid, with *energy* as it
    was drawn; *mirrored* says that it was turned.
    """
    grey = _is_grey(energy) or _is_grey(others)
    planes = 0 if grey else 1
    length = (PLANE if grey else SIZE) - 2 * (LINE + 1)
    best = 0.0
    fixed = one[LINE + 1 : LINE + 1 + length]
    for down in range(3):
        for right in range(3):
            start = down * LINE + right
            moved = other[start : start + length]
            both = np.int32(0)
            for n in range(length):
                both = np.int32(both + np.int32(np.int32(fixed[n]) * np.int32(moved[n])))
            if both > 0:
                # The cell at (y, x) lies on that at (y + down - 1, x + right - 1).
                first = energy[planes, 2 - down, 2 - right]
                second = others[planes, down, 2 - right if mirrored else right]
                best = max(best, both / np.sqrt(np.float64(first) * np.float64(second)))
    return 1.0 - best


@helper
def _is_grey(energy: Energy) -> bool:
    whole = energy[1, 1, 1]
    return bool(whole - energy[0, 1, 1] <= FAINT * whole)


@kernel
def unlikeness(
    cells: Cell8,
    energy: Energy,
    pairs: NDArray[np.int64],
    mirrored: bool,  # noqa: FBT001
) -> Floats:
    """How `unlike` the sketches are whose numbers stand in *pairs*, of shape (M, 2)."""
    found, turned = np.empty(len(pairs)), np.empty(SIZE, np.int8)
    for n in range(len(pairs)):
        one, other = pairs[n]
        laid = cells[other]
        if mirrored:
            mirror(cells[other], turned)
            laid = turned
        found[n] = unlike(cells[one], laid, energy[one], energy[other], mirrored)
    return found
