"""Where the pictures and annotations of a file lie: found in one pass, before one is read."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import ValidationError

from datastd.disk import Tree
from datastd.draft import pieces_of
from datastd.records import Record
from datastd.records.coco import CocoCategory, CocoResult
from datastd.sources import Defect
from datastd.sources.coco import judge
from datastd.sources.coco.defects import CocoAnnotationFields, CocoTopLevel
from datastd.sources.coco.fields import NESTED, ODD, TEXT, WHOLE, Fields, read
from datastd.sources.coco.scan import (
    ANNOTATIONS,
    CATEGORIES,
    CLOSE,
    IMAGES,
    IS_NAMED,
    IS_ODD,
    IS_OF_CATEGORY,
    KEY,
    LIST,
    OTHER,
    Ended,
    Places,
    scanned,
)
from datastd.sources.encoding import Numbers
from datastd.sources.jsonl.defects import WRONG

NAMED = 1000
"""Things of one kind that are named in a file, each by itself; of more, how many there are."""

RUN = 8 << 20
"""Bytes of items that are read together."""

_LISTS = {IMAGES: "images", ANNOTATIONS: "annotations", CATEGORIES: "categories"}
_IMAGE = (("id", WHOLE), ("file_name", TEXT), ("width", WHOLE), ("height", WHOLE))
_ID, _NAME, _WIDTH, _HEIGHT = range(4)
_ALL = (1 << len(_IMAGE)) - 1
_SIDE = 1 << 31  # px
_MOST = 100_000  # categories of a file


@dataclass(slots=True)
class Images:
    """
    The pictures that a file lists, in its order; shape (N,) each.

    Attributes:
        start: Where each lies in the file.
        stop: Where it ends.
        id: What annotations call it.
        width: In pixels.
        height: In pixels.
        name: What its file is called.
        named: Whether it has an id.
        sound: Whether it is what `CocoImage` asks for.
    """

    start: Numbers
    stop: Numbers
    id: Numbers
    width: Numbers
    height: Numbers
    name: pl.Series
    named: NDArray[np.bool_]
    sound: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(slots=True)
class Marks:
    """
    The annotations of a file, in its order; shape (N,) each.

    Attributes:
        start: Where each lies in the file.
        length: How long it is, in bytes.
        image: The picture that it names.
        known: Whether it names one.
    """

    start: Numbers
    length: NDArray[np.int32]
    image: Numbers
    known: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(slots=True)
class Categories:
    """
    What objects can be, as a file lists it.

    Attributes:
        id: What annotations call each.
        name: What people call it.
        supercategory: What it is a kind of.
        keypoints: How many points it has.
        points: What these are called, one a line.
        edges_off: How many pairs of joined points are no two of these.
        isthing: What says whether it can be counted; none, where that is no number.
        used: How many annotations are of it.
    """

    id: list[int] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    supercategory: list[str] = field(default_factory=list)
    keypoints: list[int] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    edges_off: list[int] = field(default_factory=list)
    isthing: list[int | None] = field(default_factory=list)
    used: dict[int, int] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[str, int, int, str, int, str, int, int | None]]:
        """Of each its name, how many annotations are of it, its id, and the others in order."""
        used = [self.used.get(one, 0) for one in self.id]
        return zip(
            self.name, used, self.id, self.supercategory, self.keypoints, self.points,
            self.edges_off, self.isthing, strict=True,
        )  # fmt: skip

    def add(self, one: CocoCategory) -> None:
        """Take one more."""
        points = len(one.keypoints)
        is_edge = [len(pair) == 2 and all(0 < n <= points for n in pair) for pair in one.skeleton]  # noqa: PLR2004
        self.id.append(one.id)
        self.name.append(one.name)
        self.supercategory.append(one.supercategory)
        self.keypoints.append(points)
        self.points.append("\n".join(name.replace("\n", " ") for name in one.keypoints))
        self.edges_off.append(is_edge.count(False))
        said = one.isthing
        is_number = isinstance(said, int) and not isinstance(said, bool) and abs(said) < _SIDE
        self.isthing.append(said if is_number else None)


@dataclass(slots=True)
class File:
    """
    A file, as far as it could be read.

    Attributes:
        path: It.
        is_list: Whether it is a list of results.
        listed: Whether it has a list of pictures.
        images: The pictures.
        marks: The annotations.
        categories: What they can be.
        lists: Which each list is, and where it begins and ends, its brackets too; the last may
            have no end, which is 0.
        upto: Where what is whole ends, if the file does not end well; else -1.
        lacks: What ends the file then.
        cut: Whether annotations may be missing: their list does not end, or is none.
        lost: Annotations of pictures that nobody knows, and pictures that are not whole.
        defects: What cannot be read.
    """

    path: str
    is_list: bool
    listed: bool
    images: Images
    marks: Marks
    categories: Categories
    lists: list[tuple[int, int, int]]
    upto: int
    lacks: bytes
    cut: bool
    lost: int
    defects: list[Defect]

    @property
    def record(self) -> type[Record] | None:
        """What its annotations have to be; None where their keys say so."""
        return CocoResult if self.is_list else None


def lay_out(tree: Tree, path: str) -> File:
    """
    Find where the pictures and annotations of a file lie.

    Raises:
        OSError: It cannot be read.
    """
    ended, found, used = Ended(), list[Places](), dict[int, int]()
    for places in scanned(pieces_of(tree, path), ended):
        _count(places, used)
        found.append(places.without_categories())
    places = Places.joined(found)
    reader = _Reader(tree, path, [], 0, is_list=bool(ended.is_list))
    reader.end(ended)
    lists = reader.outside(places)
    if reader.is_list:
        places = reader.results(places)
    images = reader.images(places.rows(places.what == IMAGES))
    if ended.at is None and not len(images) and any(what == IMAGES for what, *_ in lists):
        reader.say(0, "at least one picture", "none")
    marks = reader.marks(places.rows(places.what == ANNOTATIONS))
    categories = reader.categories(places.rows(places.what == CATEGORIES), used)
    whole = int(places.stop.max(initial=0)) if ended.lacks else ended.at
    return File(
        path, reader.is_list, IMAGES in {what for what, *_ in lists}, images, marks, categories,
        lists, -1 if whole is None else whole, ended.lacks, _is_cut(lists, places, ended),
        reader.lost, reader.defects,
    )  # fmt: skip


def _is_cut(lists: Sequence[tuple[int, int, int]], places: Places, ended: Ended) -> bool:
    """Say whether annotations may be missing, by what there is besides the items of lists."""
    ends = [stop > 0 for what, _, stop in lists if what == ANNOTATIONS]
    is_other = ((places.what == OTHER) & (places.image == ANNOTATIONS)).any()
    return bool(is_other) or not all(ends) or (ended.at is not None and not ends)


def _count(places: Places, used: dict[int, int]) -> None:
    """Count the annotations of each category."""
    here = (places.what == ANNOTATIONS) & (places.flags & IS_OF_CATEGORY > 0)
    for one, count in zip(*np.unique(places.category[here], return_counts=True), strict=True):
        if len(used) < _MOST or int(one) in used:
            used[int(one)] = used.get(int(one), 0) + int(count)


@dataclass(slots=True)
class _Reader:
    """
    Judges what was found in a file.

    Attributes:
        tree: The dataset's folder.
        path: The file.
        defects: Takes what cannot be read.
        lost: Counts what no shard holds.
        is_list: Whether the file is one.
    """

    tree: Tree
    path: str
    defects: list[Defect]
    lost: int
    is_list: bool

    def say(self, at: int, expected: str, found: str) -> None:
        self.defects.append(CocoTopLevel(self.path, f"byte {at}", expected, found))

    def end(self, ended: Ended) -> None:
        """Name where the file stops being JSON."""
        if ended.at is not None:
            self.say(ended.at, "JSON", ended.found)
            self.lost += ended.begun in (IMAGES, ANNOTATIONS)

    def outside(self, places: Places) -> list[tuple[int, int, int]]:
        """Judge what is in no list; say where the lists begin and end."""
        lists, keys, wanted = list[tuple[int, int, int]](), set[str](), {IMAGES, ANNOTATIONS}
        few = places.rows(places.what >= OTHER)
        rows = (few.what.tolist(), few.start.tolist(), few.stop.tolist(), few.image.tolist())
        for what, start, stop, of in zip(*rows, strict=True):
            if what == LIST:
                lists.append((of, start, 0))
            elif what == CLOSE:
                lists[-1] = (*lists[-1][:2], stop)
            elif self._sound(start, stop):
                if what == KEY:
                    key = json.loads(self._raw(start, stop))
                    if key in keys:
                        self.say(start, "each key once", "one that stood before")
                    keys.add(key)
                elif of in _LISTS:
                    self.say(start, f"a list as {_LISTS[of]}", "another value")
                    wanted -= {of}
        for one in sorted(wanted - {of for of, *_ in lists}) if not self.is_list else ():
            self.say(0, f"a list as {_LISTS[one]}", "none")
        return lists

    def _raw(self, start: int, stop: int) -> bytes:
        with self.tree.open(self.path) as descriptor:
            return self.tree.read(descriptor, stop - start, start)

    def _sound(self, start: int, stop: int) -> bool:
        """Name what is wrong with a value as JSON; say whether nothing is."""
        item = judge.read(self.tree, self.path, np.array([start]), np.array([stop]))
        (fault,), (at,) = item.faults(np.array([0]))
        if fault:
            _, expected, found = WRONG[int(fault)]
            self.say(int(at), expected, found)
        return not fault

    def results(self, places: Places) -> Places:
        """Name a list of anything but results, of which nothing is left."""
        items = places.what == ANNOTATIONS
        if not (places.flags[items] & IS_NAMED).any():
            self.say(0, "an object with lists, or a list of results", "another list")
            self.lost += int(items.sum())
            return places.rows(~items)
        return places

    def items(self, places: Places) -> Iterator[tuple[slice, judge.Items]]:
        """Read items a run at a time."""
        size = np.cumsum(places.stop - places.start)
        begin = 0
        while begin < len(size):
            before = int(size[begin - 1]) if begin else 0
            end = max(int(np.searchsorted(size, before + RUN, "right")), begin + 1)
            run = slice(begin, end)
            yield run, judge.read(self.tree, self.path, places.start[run], places.stop[run])
            begin = end

    def images(self, places: Places) -> Images:
        """Read the list of pictures."""
        numbers, names, marks = [], list[pl.Series](), []
        for _, items in self.items(places):
            made = read(items.line, items.places, items.stops, _IMAGE)
            is_sound = whole(made, items) & (made.has & _ALL == _ALL)
            for side in (_WIDTH, _HEIGHT):
                is_sound &= (made.wholes[side] > 0) & (made.wholes[side] < _SIDE)
            named = is_sound.copy()
            odd = np.flatnonzero(~is_sound)
            again = read(items.line, items.places[odd], items.stops[odd], _IMAGE[:1])
            named[odd] = (again.state != ODD) & again.there(_ID)
            made.wholes[_ID, odd] = again.wholes[_ID]
            numbers.append(made.wholes[[_ID, _WIDTH, _HEIGHT]])
            names.append(made.texts(items.line, _NAME))
            marks.append([named, is_sound])
        ids, width, height = np.concatenate([np.zeros((3, 0), np.int64), *numbers], axis=1)
        name = pl.concat([pl.Series([], dtype=pl.String), *names])
        named, is_sound = np.concatenate([np.zeros((2, 0), np.bool_), *marks], axis=1)
        return Images(places.start, places.stop, ids, width, height, name, named, is_sound)

    def marks(self, places: Places) -> Marks:
        """Find out which pictures annotations name."""
        known = places.flags & IS_NAMED > 0
        image = places.image
        strange = np.flatnonzero(~known | (places.flags & IS_ODD > 0))
        left = 0
        for run, items in self.items(places.rows(strange)):
            made = read(items.line, items.places, items.stops, (("image_id", WHOLE),))
            is_one = (made.state != ODD) & made.there(0)
            rows = strange[run]
            known[rows[is_one]], image[rows[is_one]] = True, made.wholes[0][is_one]
            # One whose key stands twice, say, is named when the picture is read.
            odd = np.flatnonzero(~is_one & ~known[rows])
            self.lost += len(odd)
            few = odd[: max(NAMED - len(self.defects), 0)]
            left += len(odd) - len(few)
            keys = (f"{self.path}@{number}" for number in rows[few].tolist())
            self.defects += items.every_wrong(few, CocoResult if self.is_list else None, keys)
        if left:
            said = CocoAnnotationFields(
                self.path, "", "annotations that name a picture", f"{left} more", samples=left
            )
            self.defects.append(said)
        length = (places.stop - places.start).astype(np.int32)
        return Marks(places.start, length, image, known)

    def categories(self, places: Places, used: dict[int, int]) -> Categories:
        """Read the list of categories."""
        made = Categories(used=used)
        if len(places.start) > _MOST:
            self.say(int(places.start[_MOST]), f"at most {_MOST} categories", "one more")
            places = places.rows(np.arange(len(places.start)) < _MOST)
        for run, items in self.items(places):
            faults, _ = items.faults(np.arange(len(items.places)))
            odd = list[int]()
            for one, fault in enumerate(faults.tolist()):
                try:
                    found = CocoCategory.model_validate_json(items.raw(one))
                except ValidationError:
                    odd.append(one)
                    continue
                if fault:
                    odd.append(one)
                    continue
                made.add(found)
            few = np.array(odd[: max(NAMED - len(self.defects), 0)], np.int64)
            keys = (f"{self.path}@category {one}" for one in (few + run.start).tolist())
            self.defects += items.every_wrong(few, CocoCategory, keys)
        return made


def whole(made: Fields, items: judge.Items) -> NDArray[np.bool_]:
    """Which of the objects are sound, whatever lies in them."""
    sound: NDArray[np.bool_] = made.state != ODD
    nested = np.flatnonzero(made.state == NESTED)
    faults, _ = items.faults(nested)
    sound[nested[faults > 0]] = False
    return sound
