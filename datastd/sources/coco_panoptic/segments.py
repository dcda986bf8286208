"""The segments of some pictures, read from the file that lists them."""

import functools
import re
from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.records.coco_panoptic import CocoPanopticAnnotation
from datastd.sources import Defect
from datastd.sources.coco import judge
from datastd.sources.coco.marks import Known
from datastd.sources.encoding import Numbers
from datastd.sources.jsonl.tape import ARRAY, NUMBER, OBJECT, STRING, Tape, each

_NAMES = ("file_name", "segments_info", "id", "category_id", "iscrowd", "area", "bbox")
_FILE, _SEGMENTS, _ID, _CATEGORY, _CROWD, _AREA, _BOX = range(len(_NAMES))
_DEEPEST = 5  # beyond the numbers of a box
_SIDES = 4
_WHOLE = re.compile(rb"-?\d{1,19}")
_LARGEST = (1 << 63) - 1

SCHEMA = {
    "row": pl.Int64(), "annotation": pl.String(), "segment": pl.Int64(), "category": pl.Int64(),
    "class_name": pl.String(), "x_px": pl.Float64(), "y_px": pl.Float64(), "w_px": pl.Float64(),
    "h_px": pl.Float64(), "area_px": pl.Float64(), "crowd": pl.Int64(),
}  # fmt: skip
"""Columns of segments, as of every annotation that has a box; ``segment`` is the number."""


def segments(
    tree: Tree, path: str, starts: Numbers, stops: Numbers, known: Known
) -> tuple[pl.DataFrame, dict[int, Callable[[str], Defect]]]:
    """
    Read the segments of pictures whose annotations lie there in a file, each once and in order.

    Args:
        tree: The dataset's folder.
        path: The file.
        starts: Where the annotation of each begins.
        stops: Where it ends.
        known: What is known of categories.

    Returns:
        The segments, of which ``row`` is the place of the picture; and of pictures of which one
        is none, whose segments are left out, by place what names that, given the sample's key.
    """
    items = judge.read(tree, path, starts, stops)
    faults, _ = items.faults(np.arange(len(starts)))
    whole = np.flatnonzero(faults == 0)
    made = _read(items.line, items.places[whole], items.stops[whole])
    is_sound = np.zeros(len(starts), np.bool_)
    is_sound[whole] = made.sound
    wrong: dict[int, Callable[[str], Defect]] = {
        one: functools.partial(items.wrong, one, CocoPanopticAnnotation)
        for one in np.flatnonzero(~is_sound).tolist()
    }
    row = whole[made.owner]
    stays = is_sound[row]
    category = made.wholes[_CATEGORY][stays]
    class_name, _ = known.among(category, np.ones(len(category), np.bool_))
    box = {f"{side}_px": made.box[stays, n] for n, side in enumerate("xywh")}
    number = made.wholes[_ID][stays]
    frame = pl.DataFrame(
        {
            "row": row[stays], "annotation": pl.Series(number).cast(pl.String), "segment": number,
            "category": category, "class_name": class_name, **box,
            "area_px": made.area[stays], "crowd": made.wholes[_CROWD][stays],
        },
        SCHEMA,
    )  # fmt: skip
    return frame, wrong


class _Made:
    """
    Annotations, read: N of them, with M segments.

    Attributes:
        sound: Whether each is what `CocoPanopticAnnotation` asks for; shape (N,).
        owner: The number of the annotation of each segment; shape (M,).
        wholes: What whole numbers each segment has, by field; shape (M,) each.
        area: Its area.
        box: Its box; shape (M, 4).
    """

    def __init__(self, line: bytes, tape: Tape) -> None:
        self._line, self._tape = line, tape
        documents = np.flatnonzero(tape.parent < 0)
        lists = self._members(documents, _SEGMENTS, ARRAY)
        file = self._members(documents, _FILE, STRING)
        rows = tape.within(lists)
        of = np.zeros(len(tape) + 1, np.int64)
        of[lists] = np.arange(len(documents))
        self.owner = of[tape.parent[rows]]
        is_one = tape.kind[rows] == OBJECT
        self.wholes: dict[int, Numbers] = {}
        for key in (_ID, _CATEGORY, _CROWD):
            self.wholes[key], there = self._whole(self._members(rows, key, NUMBER))
            is_one &= there
        area, there = self._real(self._members(rows, _AREA, NUMBER))
        is_one &= there
        boxes = self._members(rows, _BOX, ARRAY)
        has_box = (boxes >= 0) & (tape.count[boxes] == _SIDES)
        sides = tape.within(boxes[has_box])
        values, there = self._real(np.where(tape.kind[sides] == NUMBER, sides, -1))
        self.area, self.box = area, np.zeros((len(rows), _SIDES))
        self.box[has_box] = values.reshape(-1, _SIDES)
        has_box[has_box] = there.reshape(-1, _SIDES).all(axis=1)
        is_one &= has_box
        self.sound = (lists >= 0) & (file >= 0)
        self.sound &= np.bincount(self.owner[~is_one], minlength=len(documents)) == 0

    def _members(self, owners: Numbers, key: int, kind: int) -> Numbers:
        """What each of some values has under a key, if it is of that kind; -1 for none."""
        rows = self._tape.members(owners, key)
        return np.where((rows >= 0) & (self._tape.kind[rows] == kind), rows, -1)

    def _whole(self, rows: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
        """What whole numbers are, and which of them are such, of 64 bits."""
        there = rows >= 0
        values = np.where(there, self._tape.count[rows], 0).astype(np.int64)
        for place in self._hard(rows):
            raw = self._tape.raw(self._line, int(rows[place]))
            there[place] = bool(_WHOLE.fullmatch(raw)) and -_LARGEST - 1 <= int(raw) <= _LARGEST
            values[place] = int(raw) if there[place] else 0
        return values, there

    def _real(self, rows: Numbers) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """What numbers are, and which of them are there."""
        values = np.where(rows >= 0, self._tape.count[rows], 0).astype(np.float64)
        for place in self._hard(rows):
            values[place] = float(self._tape.raw(self._line, int(rows[place])))
        return values, rows >= 0

    def _hard(self, rows: Numbers) -> list[int]:
        """Places of the numbers that the tape does not tell."""
        found: list[int] = np.flatnonzero((rows >= 0) & (self._tape.count[rows] < 0)).tolist()
        return found


def _read(line: bytes, starts: Numbers, stops: Numbers) -> _Made:
    return _Made(line, each(line, starts, stops, _NAMES, _DEEPEST))
