"""Pictures with boxes, polygons or key points, as YOLO's trainers have them in text files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.sources import Column, Defect, Findings
from datastd.sources.encoding import BOM
from datastd.sources.files import (
    again,
    ending,
    glimpse,
    head_of,
    is_data,
    odd_entries,
    strays,
    unreadable,
)
from datastd.sources.masks.lists import class_table
from datastd.sources.pictures import SUFFIXES, Beside, Listed, Pictures, by_split
from datastd.sources.yolo.defects import (
    YoloClassNoInteger,
    YoloConfigInvalid,
    YoloLabelWithoutImage,
    YoloPictureTwice,
    YoloRowFields,
    YoloValueNonfinite,
    YoloValueNoNumber,
)
from datastd.sources.yolo.layout import PictureList, is_label, lay_out
from datastd.sources.yolo.rows import FIELDS, MOST, read

_TRIED = 16  # files that are asked what they are
_HEAD = 4 << 10  # bytes in which one shows it
_FIELDS = 5  # in a row, at least
_ANY = tuple(suffix for of in SUFFIXES.values() for suffix in of)


@dataclass(frozen=True, slots=True)
class Fractions(Beside):
    """What is known of pictures, with places and sizes as fractions of them."""

    def sized(self, width: NDArray[np.int64], height: NDArray[np.int64]) -> Beside:
        rows = self.annotations
        if rows is None:
            return self
        row = rows.get_column("row").to_numpy()
        sides = {"x_px": width, "w_px": width, "y_px": height, "h_px": height}
        placed = {name: rows.get_column(name) * side[row] for name, side in sides.items()}
        return Beside(self.columns, rows.with_columns(**placed), self.defects)


class Yolo(Pictures):
    """
    Pictures with boxes, polygons or key points in the layout of YOLO's trainers.

    Reads ``images/….jpg`` and ``labels/….txt``, with split folders above or below these, and
    labels beside pictures, as darknet has them.  Classes are called as ``names`` in a YAML file
    say, a ``classes.txt`` or an ``obj.names``.  The splits are those of lists of pictures, else
    those that the YAML file says, else what folders are called; else ``data``.

    A sample is a picture, its annotations are the rows of its label file by their number in
    it, blank lines left aside.  A picture without a label file is one without objects, as
    trainers take it; ``yolo/1`` names it.  Boxes are multiplied by the size of the decoded
    picture, where it is decoded; sides that are a millionth of it from its edge are at its
    edge, for six decimals are no more exact.  Of a polygon, it is the box around it.
    ``lowest`` and ``highest`` are the least and the greatest fraction of a row, and ``repeats``
    says whether it is as one before it; ``class_listed``, whether its class has a name.  Column
    beside those of pictures: ``label_file``.

    Reads JPEG, PNG and WebP, and with ``--format yolo:tiff,bmp,gif`` those.

    Source:
        Ultralytics, documentation of datasets, and data/utils.py; darknet, src/data.c.
    """

    format: ClassVar[str] = "yolo"
    columns: ClassVar[tuple[str, ...]] = (*Pictures.columns, "label_file")
    annotates: ClassVar[tuple[str, ...]] = tuple(FIELDS)[2:]
    lists: ClassVar[tuple[str, ...]] = ("category",)
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *Pictures.kinds, YoloRowFields, YoloValueNoNumber, YoloValueNonfinite,
        YoloClassNoInteger, YoloLabelWithoutImage, YoloPictureTwice,
        YoloConfigInvalid,
    )  # fmt: skip

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        pictures = ending(tree, *_ANY)
        folders = {path.rpartition("/")[0] for path in pictures}
        files = [path for path in tree.stamps if is_label(path, folders) and is_data(path)]
        there = [path for path in files if tree.stamps[path].size]
        return bool(pictures) and any(_looks_right(tree, path) for path in there[:_TRIED])

    def listing(self, findings: Findings) -> Mapping[str, Listed]:
        self._layout = layout = lay_out(self.tree, self.suffixes)
        self.lost = layout.lost
        findings.defects += [*odd_entries(self.tree), *layout.defects]
        expected = "a picture, its labels, names of classes, or a paper"
        findings.defects += self.unasked()
        findings.defects += strays(self.tree, {*layout.known, *findings.paths}, expected)
        return by_split(layout.splits)

    def bytes_beside(self, path: str) -> int:
        label = self._layout.labels[path]
        return self.tree.stamps[label].size if label else 0

    def beside(self, path: str, rows: Sequence[int]) -> Beside:
        pictures = self._listed[path].rows(rows).paths
        files = [self._layout.labels[picture] for picture in pictures]
        contents, defects = list[bytes](), dict[int, Defect]()
        for row, file in enumerate(files):
            contents.append(b"")
            if file:
                try:
                    contents[-1] = head_of(self.tree, file, MOST + 1)
                except OSError as error:
                    defects[row] = unreadable(file, error).costing(pictures[row])
        config = self._layout.config
        objects, bad = read(contents, config.names, config.points)
        defects |= {row: of(files[row], pictures[row]) for row, of in bad.items()}
        columns: dict[str, Column] = {"label_file": pl.Series(files, dtype=pl.String)}
        return Fractions(columns, objects, defects)

    def classes(self) -> pl.DataFrame | None:
        self.plan()
        said = self._layout
        path = next(iter(said.beside), "")
        return class_table(path, said.config.names, dict.fromkeys(self._listed))

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        super().write(kept, to)
        paths = [path for split, rows in kept.items() for path in self.paths_of(split, rows)]
        for label in sorted({self._layout.labels[path] for path in paths} - {""}):
            to.take(self.tree, label)
        for path in self._layout.beside:
            to.take(self.tree, path)
        for one in self._layout.lists:
            _write_list(self.tree, one, to)


def _write_list(tree: Tree, one: PictureList, to: Draft) -> None:
    """Write a list without the pictures that are gone; one of which nothing is left goes too."""
    there = to.paths - one.elsewhere
    more = {*again(one.pictures)}
    stays = [picture in there and n not in more for n, picture in enumerate(one.pictures)]
    blank = [not line.strip() for line in one.lines]
    if all(stay or empty for stay, empty in zip(stays, blank, strict=True)):
        to.take(tree, one.path)
    elif any(stays):
        left = [line for line, stay in zip(one.lines, stays, strict=True) if stay]
        to.put(one.path, ["".join(left).encode()])


def _looks_right(tree: Tree, path: str) -> bool:
    """Say whether a file begins as labels do: with a whole number, and four more numbers."""
    head = glimpse(tree, path, _HEAD).removeprefix(BOM)
    words = head.partition(b"\n")[0].split()[:_FIELDS]
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return False
    return len(words) == _FIELDS and words[0].isdigit() and all(map(isfinite, numbers))
