"""
Which mask is which image's: by the folders that they are in, and by their names.

One folder on the way to a file says what it is.  What is left of the path, without that
folder, the ending of the name and its suffix, is what an image and its masks have in common.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from datastd.sources import Defect
from datastd.sources.files import SPLITS, is_data
from datastd.sources.masks.defects import MaskMissing, MaskPairAmbiguous, MaskWithoutImage
from datastd.sources.pictures import SUFFIXES

IMAGE, MASK, INSTANCES = "image", "mask", "instance_mask"
"""What a file is: a sample's image, its mask of classes, or its mask of instances."""

BESIDE = ""
"""What a file is that goes with a sample and is no label, such as a mask in colours."""

FOLDERS: Mapping[str, str] = {
    **dict.fromkeys(("images", "image", "imgs", "img", "jpegimages", "pngimages", "leftimg8bit",
                     "701_stillsraw_full"), IMAGE),
    **dict.fromkeys(("masks", "mask", "labels", "label", "annotation", "annotations",
                     "segmentationclass", "gtfine", "labeledapproved_full"), MASK),
    **dict.fromkeys(("pedmasks", "segmentationobject", "instances", "instance_masks"), INSTANCES),
}  # fmt: skip
"""Folders (lower case), and what is in them."""

BEHIND = ("annot", "_labels", "_masks")
"""What a folder of masks has behind the name of the split that is a folder of images."""

ENDINGS: Mapping[str, str] = {
    "_mask": MASK, "_L": MASK, "_P": MASK, "_label": MASK, "_labelIds": MASK,
    "_labelTrainIds": MASK, "_instanceIds": INSTANCES, "_instanceTrainIds": BESIDE,
    "_color": BESIDE, "_polygons": BESIDE,
}  # fmt: skip
"""Endings of names, and what a file is that has one."""

Name: TypeAlias = tuple[str, str]
"""A folder without the one that says what is in it, and a name without its ending."""

ANY = tuple(suffix for of in SUFFIXES.values() for suffix in of)
"""Suffixes of all pictures that may be read."""

_JPEG_IMAGES = re.compile(r"((?:.*/)?)JPEGImages/")
_DETECTION = re.compile(r"((?:.*/)?)(?:ImageSets/.*\.txt|Annotations/[^/]*\.xml)")
_PENN_FUDAN = "added-object-list.txt"
_PUBLISHED = {
    re.compile(r"(^|/)SegmentationClass/"): 21,
    re.compile(r"(^|/)gtFine/.*_labelIds\.png$"): 34,
    re.compile(r"(^|/)gtFine/.*_labelTrainIds\.png$"): 19,
}
"""Classes of what VOC and Cityscapes publish, by the paths of their masks."""

_FINE = re.compile(r"_gt(?:Fine|Coarse)$")
_PREFERRED, _DERIVED = "_labelIds", "_labelTrainIds"  # of Cityscapes, the one made of the other


@dataclass(frozen=True, slots=True)
class Pair:
    """
    A sample: its image, its masks, and files that go with it; empty where it has none.

    Attributes:
        name: Its folder and name, without what tells its files apart.
        image: The image.
        mask: The mask of classes.
        instances: The mask of instances.
        others: Files that go with it and are no label.
    """

    name: Name
    image: str
    mask: str
    instances: str
    others: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The mask that says most: that of classes, if there is one."""
        return self.mask or self.instances

    @property
    def files(self) -> tuple[str, ...]:
        """All files of it."""
        return tuple(filter(None, (self.image, self.mask, self.instances, *self.others)))


@dataclass(slots=True)
class _Group:
    """Files of one place and name, by what they are."""

    image: list[str] = field(default_factory=list)
    mask: list[str] = field(default_factory=list)
    instance_mask: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def add(self, what: str, path: str) -> None:
        """Take a file."""
        (getattr(self, what) if what else self.others).append(path)


@dataclass(slots=True)
class Pairing:
    """
    What was found among some files.

    Attributes:
        pairs: The samples, by folder and name.
        broken: Likewise, what is no sample because something of it is missing, or twice there.
        alone: Masks without an image.
        known: All files that a folder says something of, and that have such a name.
    """

    pairs: dict[Name, Pair] = field(default_factory=dict)
    broken: dict[Name, list[Defect]] = field(default_factory=dict)
    alone: list[Defect] = field(default_factory=list)
    known: set[str] = field(default_factory=set)


class Place(NamedTuple):
    """
    What the folders on the way to a file say of it, and its name.

    Attributes:
        what: What it is.
        folder: Its folder without the one that says so.
        stem: Its name without its suffix.
    """

    what: str
    folder: str
    stem: str


def place(folder: str, folders: frozenset[str]) -> tuple[str, str] | None:
    """
    What is in a folder, and what it is called without the part that says so.

    None where no part says anything, or several do.
    """
    parts, found = folder.split("/"), []
    for number, part in enumerate(parts):
        if what := _said(parts[: number + 1], folders):
            plain = [part[: len(base)]] if (base := _base(part)) else []
            kept = [part] if _is_split(part) else plain
            found.append((what, "/".join([*parts[:number], *kept, *parts[number + 1 :]])))
    return found[0] if len(found) == 1 else None


def has_masks(paths: Iterable[str]) -> bool:
    """Say whether some files, of which there may be a million, are images and masks by folder."""
    holding = {path.rpartition("/")[0] for path in paths if path.lower().endswith(ANY)}
    folders = folders_of(f"{folder}/" for folder in holding)
    said = {one[0] for folder in holding if (one := place(folder, folders))}
    return IMAGE in said and bool(said & {MASK, INSTANCES})


def has_boxes(paths: Sequence[str]) -> bool:
    """Say whether VOC's images have annotations for detection beside them."""
    return any(path.lower().endswith(".xml") for path in of_others(paths))


def _said(parts: Sequence[str], folders: frozenset[str]) -> str:
    """What the last folder of some says of the files in it; empty for nothing."""
    *above, last = parts
    if what := FOLDERS.get(last.lower()):
        return what
    if base := _base(last):
        return MASK if "/".join([*above, last[: len(base)]]) in folders else ""
    is_beside = _is_split(last) and any("/".join([*above, last + end]) in folders for end in BEHIND)
    return IMAGE if is_beside else ""


def _is_split(folder: str) -> bool:
    return folder.lower() in SPLITS


def _base(folder: str) -> str:
    """The split that a folder of masks is named after; empty for another folder."""
    for end in BEHIND:
        if folder.lower().endswith(end) and _is_split(folder[: -len(end)]):
            return folder[: -len(end)]
    return ""


def folders_of(paths: Iterable[str]) -> frozenset[str]:
    """Every folder on the way to some files."""
    found: set[str] = set()
    for path in paths:
        here = path.rpartition("/")[0]
        while here and here not in found:
            found.add(here)
            here = here.rpartition("/")[0]
    return frozenset(found)


def _placed(paths: Sequence[str]) -> dict[str, Place]:
    """What files are that may be data, where their folder says it."""
    folders = folders_of(paths)
    places = {folder: place(folder, folders) for folder in folders}
    placed = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        if (said := places.get(folder)) and is_data(path):
            placed[path] = Place(*said, name.rpartition(".")[0] or name)
    return placed


def paired(paths: Sequence[str], suffixes: tuple[str, ...]) -> Pairing:
    """The samples among some files, and what is none though its folder says that it should be."""
    found, placed = Pairing(), _placed(paths)
    pictures = {path: one for path, one in placed.items() if path.lower().endswith(suffixes)}
    groups: dict[Name, _Group] = {}
    for path, one in pictures.items():
        if one.what == IMAGE:
            stem = one.stem.removesuffix("_leftImg8bit")
            groups.setdefault((one.folder, stem), _Group()).add(IMAGE, path)
            found.known.add(path)
    alone: dict[Name, list[tuple[str, list[Name]]]] = {}
    for path, one in placed.items():
        if one.what == IMAGE:
            continue
        readings = [((one.folder, stem), what) for what, stem in _readings(one)]
        own = next((reading for reading in readings if reading[0] in groups), None)
        if own is not None:
            groups[own[0]].add(own[1] if path in pictures else BESIDE, path)
        elif path in pictures:
            alone.setdefault(readings[-1][0], []).append((path, [name for name, _ in readings]))
        else:
            continue
        found.known.add(path)
    folded = {_folded(name): group.image[0] for name, group in groups.items()} if alone else {}
    found.alone = [_without(of, folded) for of in alone.values()]
    for name, group in groups.items():
        judged = _judged(name, group)
        if isinstance(judged, Pair):
            found.pairs[name] = judged
        else:
            found.broken[name] = judged
    return found


def _readings(one: Place) -> Iterator[tuple[str, str]]:
    """What a mask can be, and of which name: that it has, or that without an ending."""
    yield one.what, one.stem
    for ending, what in ENDINGS.items():
        if one.stem.endswith(ending):
            stem = one.stem.removesuffix(ending)
            # A folder of instances has no masks of classes, whatever they end with.
            of = INSTANCES if (one.what, what) == (INSTANCES, MASK) else what
            yield of, stem
            if _FINE.search(stem):
                yield of, _FINE.sub("", stem)


def _judged(name: Name, group: _Group) -> Pair | list[Defect]:
    """The sample that a group is, or why it is none."""
    masks = [path for path in group.mask if not _stem(path).endswith(_DERIVED)]
    if len(masks) == 1 and _stem(masks[0]).endswith(_PREFERRED):
        group.others += [path for path in group.mask if path not in masks]
        group.mask = masks
    for of in (group.mask, group.instance_mask):  # of an encoding that is not read, but elsewhere
        own = {_stem(path) for path in of}
        of += [path for path in group.others if path.lower().endswith(ANY) and _stem(path) in own]
    several = [of for of in (group.image, group.mask, group.instance_mask) if len(of) > 1]
    if several:
        said = "; ".join(" and ".join(of) for of in several)
        expected = "one image and one mask of each kind under a name"
        return [MaskPairAmbiguous(path, "", expected, said) for path in group.image]
    (image,) = group.image
    if not group.mask and not group.instance_mask:
        like = [path for path in group.others if path.lower().endswith(ANY)]
        found = f"{like[0]}, which is none that is read" if like else "none"
        return [MaskMissing(image, "", "a mask of the same name", found)]
    mask, instances = (of[0] if of else "" for of in (group.mask, group.instance_mask))
    return Pair(name, image, mask, instances, tuple(group.others))


def _stem(path: str) -> str:
    return path.rpartition(".")[0]


def _without(masks: Sequence[tuple[str, Sequence[Name]]], images: Mapping[Name, str]) -> Defect:
    """Name masks of one name that no image has; *images* are by their names in lower case."""
    paths = [path for path, _ in masks]
    asked = (_folded(name) for _, names in masks for name in names)
    like = next((images[name] for name in asked if name in images), "")
    found = f"{like}, which differs in case" if like else "none"
    beside = f" (and of {', '.join(paths[1:])})" if paths[1:] else ""
    return MaskWithoutImage(paths[0], "", f"an image of the same name{beside}", found)


def _folded(name: Name) -> Name:
    return name[0].lower(), name[1].lower()


def of_others(paths: Sequence[str]) -> Iterator[str]:
    """Files that published layouts have beside images and masks."""
    roots = {match[1] for path in paths if (match := _JPEG_IMAGES.match(path))}
    for path in paths:
        match = _DETECTION.fullmatch(path)
        if path == _PENN_FUDAN or (match and match[1] in roots):
            yield path


def published(masks: Iterable[str]) -> int:
    """How many classes masks of a published layout have; 0 where the layout says nothing."""
    found = {
        next((count for form, count in _PUBLISHED.items() if form.search(path)), 0)
        for path in masks
    }  # fmt: skip
    return found.pop() if len(found) == 1 else 0
