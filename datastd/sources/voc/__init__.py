"""Pictures with boxes as Pascal VOC has them: one XML file a picture, lists of each split."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.records.voc import Flag, VocAnnotation
from datastd.sources import Column, Defect, Findings
from datastd.sources.files import (
    EmptyFile,
    ending,
    glimpse,
    head_of,
    odd_entries,
    strays,
    unreadable,
)
from datastd.sources.masks.defects import ClassListInvalid
from datastd.sources.masks.lists import class_table, classes_listed, lists_of_classes
from datastd.sources.pictures import Beside, Listed, Pictures, by_split
from datastd.sources.voc.defects import (
    VocImagesetInvalid,
    VocImagesetMissing,
    VocUnpaired,
    VocXmlStructure,
)
from datastd.sources.voc.layout import ImageSet, lay_out, place_of
from datastd.sources.voc.markup import MOST, annotation

_TRIED = 16  # files that are asked what they are
_HEAD = 4 << 10  # bytes in which one shows it
_ROOTS = tuple("<annotation".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))

_FIELDS = {
    "row": pl.Int64, "annotation": pl.String, "category": pl.Int64, "class_name": pl.String,
    "x_px": pl.Float64, "y_px": pl.Float64, "w_px": pl.Float64, "h_px": pl.Float64,
    "area_px": pl.Float64, "crowd": pl.Int64, "keypoints_stated": pl.Int64,
    "difficult": pl.Float64, "truncated": pl.Float64, "occluded": pl.Float64,
    "class_listed": pl.Boolean,
}  # fmt: skip


class Voc(Pictures):
    """
    Pictures with boxes in Pascal VOC's layout.

    Reads ``Annotations/….xml`` with ``JPEGImages/…`` (or ``images``) beside it, below any
    folder, and ``.xml`` beside pictures, as labelImg writes them.  The splits are those of the
    lists in ``ImageSets``: ``train``, ``val``, ``test`` and ``trainval`` in ``Main``, else in
    ``Segmentation`` or ``Layout``; without lists, what folders are called; else ``data``.

    A sample is a picture, its annotations are the objects by their number in the file; the
    parts of a person are let be, and masks are for the format ``masks``.  Boxes are given from
    0 on, as left and top edge, width and height: ``xmin - 1`` and ``xmax - xmin + 1``.  A flag
    that is no number is NaN.  Columns beside those of pictures: ``annotated_in`` (the XML),
    ``filename`` (what it says there), ``float_boxes`` (those with a coordinate that is not
    written as a whole number).  Where a list of classes lies at the root, as CVAT writes
    ``labelmap.txt``, ``class_listed`` says whether the class of an object is in it.

    Reads JPEG, PNG and WebP, and with ``--format voc:tiff,bmp,gif`` those.

    Source:
        Everingham et al., The PASCAL Visual Object Classes Challenge 2012, development kit.
    """

    format: ClassVar[str] = "voc"
    columns: ClassVar[tuple[str, ...]] = (
        *Pictures.columns, "annotated_in", "filename", "float_boxes",
    )  # fmt: skip
    annotates: ClassVar[tuple[str, ...]] = tuple(_FIELDS)[2:]
    lists: ClassVar[tuple[str, ...]] = ("category",)
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *Pictures.kinds, VocXmlStructure, VocImagesetMissing, VocUnpaired, VocImagesetInvalid,
        ClassListInvalid,
    )  # fmt: skip

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(_looks_right(tree, path) for path in ending(tree, ".xml")[:_TRIED])

    def listing(self, findings: Findings) -> Mapping[str, Listed]:
        self._layout = layout = lay_out(self.tree, self.suffixes)
        self.lost = layout.lost
        findings.defects += [*odd_entries(self.tree), *layout.defects]
        self._names, self._class_list = classes_listed(self.tree, findings)
        known = {*layout.known, *lists_of_classes([*self.tree.stamps]), *findings.paths}
        expected = "a picture, its annotation, a list of pictures or classes, or a paper"
        findings.defects += self.unasked()
        findings.defects += strays(self.tree, known, expected)
        return by_split(layout.splits)

    def bytes_beside(self, path: str) -> int:
        return self.tree.stamps[self._layout.annotations[path]].size

    def beside(self, path: str, rows: Sequence[int]) -> Beside:
        pictures = self._listed[path].rows(rows).paths
        files = [self._layout.annotations[picture] for picture in pictures]
        read: list[tuple[VocAnnotation, int] | None] = []
        defects: dict[int, Defect] = {}
        for row, (file, picture) in enumerate(zip(files, pictures, strict=True)):
            try:
                read.append(annotation(file, self._content(file), picture))
            except Defect as defect:
                defects[row] = defect.costing(picture)
                read.append(None)
        records = [one and one[0] for one in read]
        columns: dict[str, Column] = {
            "annotated_in": pl.Series(files, dtype=pl.String),
            "filename": pl.Series([one and one.filename for one in records], dtype=pl.String),
            "float_boxes": np.array([one[1] if one else 0 for one in read], np.int64),
            "stated_width": np.array([one.size.width if one else 0 for one in records], np.int64),
            "stated_height": np.array([one.size.height if one else 0 for one in records], np.int64),
        }
        listed = pl.col("class_name").is_in(self._names) if self._names else None
        objects = _objects(records).with_columns(class_listed=listed)
        return Beside(columns, objects, defects)

    def _content(self, path: str) -> bytes:
        """
        An annotation, or more of it than may be.

        Raises:
            Defect: It is empty, or cannot be read.
        """
        try:
            content = head_of(self.tree, path, MOST + 1)
        except OSError as error:
            raise unreadable(path, error) from None
        if not content:
            raise EmptyFile(path, "", "at least one byte", "0 bytes")
        return content

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        super().write(kept, to)
        for split, rows in kept.items():
            for path in self.paths_of(split, rows):
                to.take(self.tree, self._layout.annotations[path])
                for mask in self._layout.masks.get(path, ()):
                    to.take(self.tree, mask)
        there = [path for path in self._layout.annotations if path in to.paths]
        names = {
            base: {place_of(path)[1] for path in there if path.startswith(base)}
            for base in {one.base for one in self._layout.sets}
        }
        for one in self._layout.sets:
            _write_set(self.tree, one, names[one.base], to)
        for path in lists_of_classes([*self.tree.stamps]):
            to.take(self.tree, path)

    def classes(self) -> pl.DataFrame | None:
        self.plan()
        names = dict(enumerate(self._names))
        return class_table(self._class_list, names, dict.fromkeys(self._listed))


def _objects(records: Sequence[VocAnnotation | None]) -> pl.DataFrame:
    """One row per object, columns as `_FIELDS`."""
    rows = [
        (row, str(number), None, one.name,
         box.xmin - 1, box.ymin - 1, box.xmax - box.xmin + 1, box.ymax - box.ymin + 1, None, 0,
         None, _flag(one.difficult), _flag(one.truncated), _flag(one.occluded), None)
        for row, record in enumerate(records) if record
        for number, one in enumerate(record.object)
        for box in (one.bndbox,)
    ]  # fmt: skip
    return pl.DataFrame(rows, _FIELDS, orient="row")


def _flag(value: Flag) -> float | None:
    return np.nan if isinstance(value, str) else value


def _write_set(tree: Tree, one: ImageSet, names: set[str], to: Draft) -> None:
    """Write a list with these *names* alone; one of which nothing is left goes too."""
    there = names - one.elsewhere
    more = {*one.again}
    stays = [not name or (name in there and n not in more) for n, name in enumerate(one.names)]
    if all(stays):
        to.take(tree, one.path)
    elif any(stay and name for stay, name in zip(stays, one.names, strict=True)):
        left = [line for line, stay in zip(one.lines, stays, strict=True) if stay]
        to.put(one.path, ["".join(left).encode()])


def _looks_right(tree: Tree, path: str) -> bool:
    """Say whether a file begins as those of this format do."""
    head = glimpse(tree, path, _HEAD)
    return any(root in head for root in _ROOTS)
