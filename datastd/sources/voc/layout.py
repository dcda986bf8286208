"""Where things lie in a dataset of Pascal VOC: what is of which picture, and in which split."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from datastd.disk import Tree
from datastd.sources import Defect
from datastd.sources.encoding import text_of
from datastd.sources.files import SPLITS, UNNAMED, again, is_data, split_named
from datastd.sources.voc.defects import VocImagesetInvalid, VocImagesetMissing, VocUnpaired

_MOST = 64 << 20  # bytes of a list
_LIST = re.compile(r"(?P<base>(?:.*/)?)ImageSets/(?P<kind>[^/]+)/(?P<name>[^/]+)\.txt")
_KINDS = ("Main", "Segmentation", "Layout")  # in this order they say what split a picture is in
_ABOUT = "annotations"  # the folder of annotations, in lower case,
_AMONG = "xmls"  # one in it, in Oxford's pets,
_SHOWN = ("jpegimages", "images", "data")  # and those of pictures beside it
_CLASSES = "SegmentationClass"
_SEGMENTED = "Segmentation"  # the lists of pictures that have a mask in it
_ONCE = "Main", _SEGMENTED  # folders of lists that name each picture once
_BOTH = "trainval"
_MASKS = (_CLASSES, "SegmentationObject")


@dataclass(frozen=True, slots=True)
class ImageSet:
    """
    A list of pictures.

    Attributes:
        path: The file.
        base: The folder around ``ImageSets``, with its slash.
        kind: The folder that it is in: ``Main``, ``Segmentation``, ``Layout``.
        name: What it is called, without its suffix.
        lines: Its lines, with their ends.
        names: What each names first; empty for a blank one.
        elsewhere: Names of pictures that are in another split.
    """

    path: str
    base: str
    kind: str
    name: str
    lines: Sequence[str]
    names: Sequence[str]
    elsewhere: set[str] = field(default_factory=set)

    @property
    def again(self) -> list[int]:
        """
        Numbers of lines whose name stands before.

        A list of ``Action`` or ``Layout``, or of a class, may name one for each of its objects.
        """
        is_split = self.name.lower() in {*SPLITS, _BOTH}
        return again(self.names) if self.kind in _ONCE and is_split else []


@dataclass(slots=True)
class Layout:
    """
    A dataset, as far as names tell.

    Attributes:
        annotations: The annotation of each picture that has one, by the picture.
        masks: Masks of each picture, likewise.
        splits: The split of each of these pictures.
        sets: The lists.
        defects: What has no partner.
        lost: Pictures that are named, or there, and cannot be read.
        known: Every file that is about them.
    """

    annotations: dict[str, str] = field(default_factory=dict)
    masks: dict[str, list[str]] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)
    sets: list[ImageSet] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    lost: int = 0
    known: set[str] = field(default_factory=set)


class _Places:
    """Where pictures are, by folder and name without suffix: of several, the first."""

    def __init__(self, pictures: Iterable[str]) -> None:
        self._at: dict[tuple[str, str], str] = {}
        for path in pictures:
            self._at.setdefault(place_of(path), path)
        self._folders = sorted({folder for folder, _ in self._at})
        self._in: dict[str, list[str]] = {}

    def of(self, base: str, stem: str, below: str = "") -> str:
        """The picture of a name beside other files of *base*; empty for none."""
        if base not in self._in:
            self._in[base] = _shown(base, self._folders)
        beside = (self._at.get((f"{base}{name}{below}", stem)) for name in self._in[base])
        return next((one for one in beside if one), "")

    def about(self, path: str) -> str:
        """The picture that an annotation is about; empty for none."""
        folder, stem = place_of(path)
        parts = folder.split("/")
        at = max((n for n, part in enumerate(parts) if part.lower() == _ABOUT), default=-1)
        around = "".join(f"{one}/" for one in parts[: max(at, 0)])
        below = "".join(f"/{one}" for one in parts[at + 1 :] if one.lower() != _AMONG)
        found = self.of(around, stem, below) if at >= 0 else ""
        return found or self._at.get((folder, stem), "")


def lay_out(tree: Tree, suffixes: tuple[str, ...]) -> Layout:
    """Find what there is; pictures are files with one of *suffixes*."""
    found = Layout()
    files = [path for path in tree.stamps if is_data(path)]
    pictures = [path for path in files if path.lower().endswith(suffixes)]
    shown = [path for path in pictures if _folder(path) not in _MASKS]
    place, alone = _Places(shown), list[str]()
    for path in files:
        if path.lower().endswith(".xml"):
            picture = place.about(path)
            if picture and picture not in found.annotations:
                found.annotations[picture] = path
            else:
                alone.append(path)
    for path in pictures:
        if _folder(path) in _MASKS:
            folder, stem = place_of(path)
            if picture := place.of(folder.removesuffix(_folder(path)), stem):
                found.masks.setdefault(picture, []).append(path)
    found.sets = [*_sets(tree, found.defects)]
    found.known = {path for of in found.masks.values() for path in of}
    found.known |= {*shown, *alone, *found.annotations.values(), *(one.path for one in found.sets)}
    found.known |= {one.path for one in found.defects}
    absent: list[Defect] = [*_absent(found, alone, tree, place)]
    named = {one.key for one in absent}
    for expected, of in (("an annotation", shown), ("a picture", alone)):
        absent += [
            VocUnpaired(path, "", f"{expected} of the same name", "none")
            for path in of if path not in found.annotations and path not in named
        ]  # fmt: skip
    found.lost = len(absent)
    for picture in named & {*found.annotations}:
        del found.annotations[picture]
    _split(found, place)
    found.defects += absent
    return found


def place_of(path: str) -> tuple[str, str]:
    """The folder of a file, and its name without the suffix."""
    folder, _, name = path.rpartition("/")
    return folder, name.rpartition(".")[0]


def _folder(path: str) -> str:
    """The name of the folder that a file is directly in."""
    return path.rpartition("/")[0].rpartition("/")[2]


def _shown(base: str, folders: Sequence[str]) -> list[str]:
    """Names of folders of pictures in *base*, which ends with a slash, the likeliest first."""
    names = {one[len(base) :].partition("/")[0] for one in folders if one.startswith(base)}
    known = [name for name in sorted(names) if name.lower() in _SHOWN]
    return sorted(known, key=lambda name: _SHOWN.index(name.lower()))


def _sets(tree: Tree, defects: list[Defect]) -> Iterator[ImageSet]:
    """The lists of a dataset; those that are none are *defects*."""
    for path in tree.stamps:
        match = _LIST.fullmatch(path)
        if match:
            try:
                text = text_of(tree, path, _MOST, VocImagesetInvalid)
            except Defect as defect:
                defects.append(defect)
            else:
                lines = text.splitlines(keepends=True)
                names = [(line.split(maxsplit=1) or [""])[0] for line in lines]
                base, kind, name = match.group("base", "kind", "name")
                yield ImageSet(path, base, kind, name, lines, names)


def _absent(
    found: Layout, alone: Sequence[str], tree: Tree, place: "_Places"
) -> Iterator[VocImagesetMissing]:
    """Name each picture that a list names, and that lacks something; once, whatever names it."""
    masked = {path.rpartition(_CLASSES)[0] for path in tree.stamps if _folder(path) == _CLASSES}
    about = {place_of(path): path for path in alone if _folder(path).lower() == _ABOUT}
    about = {(folder[: -len(_ABOUT)], stem): path for (folder, stem), path in about.items()}
    done: dict[tuple[str, bool], set[str]] = {}  # most names are in several lists
    for one in found.sets:
        with_mask = one.kind == _SEGMENTED and one.base in masked
        known = done.setdefault((one.base, with_mask), {""})
        for number in [n for n, name in enumerate(one.names) if name not in known]:
            name = one.names[number]
            if name in known:
                continue
            known.add(name)
            picture = place.of(one.base, name)
            annotation = about.get((one.base, name))
            lacks = [] if picture else ["no picture"]
            lacks += [] if annotation or picture in found.annotations else ["no annotation"]
            if with_mask and f"{one.base}{_CLASSES}/{name}.png" not in tree.stamps:
                lacks += ["no mask"]
            if lacks:
                done.setdefault((one.base, not with_mask), {""}).add(name)
                key = picture or annotation or f"{one.path}#{number}"
                said = f"{' and '.join(lacks)} of that name"
                at = f"line {number + 1}"
                yield VocImagesetMissing(one.path, at, "a name with all its files", said, key)


def _split(found: Layout, place: "_Places") -> None:
    """Say which split each picture is in: what the lists say, or else its folder."""
    said: dict[str, str] = {}
    kinds = sorted(
        {(one.base, one.kind) for one in found.sets},
        key=lambda of: (of[0], _KINDS.index(of[1]) if of[1] in _KINDS else len(_KINDS), of[1]),
    )
    for base, kind in kinds:
        here: dict[str, str] = {}
        for one in found.sets:
            if (one.base, one.kind) == (base, kind) and one.name.lower() in SPLITS:
                split = SPLITS[one.name.lower()]
                twice = [n for n, name in enumerate(one.names) if here.get(name, split) != split]
                if twice:
                    at, expected = f"line {twice[0] + 1}", "pictures of one split"
                    other = f"{len(twice)} that are in {here[one.names[twice[0]]]} too"
                    found.defects.append(VocImagesetInvalid(one.path, at, expected, other))
                    one.elsewhere.update(one.names[n] for n in twice)
                here = dict.fromkeys(filter(None, one.names), split) | here
        of_kind = [one for one in found.sets if (one.base, one.kind) == (base, kind)]
        are_both = {"train", "val"} <= {SPLITS.get(one.name.lower()) for one in of_kind}
        for one in of_kind:
            if more := one.again:
                at, said_of = f"line {more[0] + 1}", f"{len(more)} once more"
                found.defects.append(VocImagesetInvalid(one.path, at, "each picture once", said_of))
            _compare(one, here, found.defects)
            others = [n for n, name in enumerate(one.names) if name and name not in here]
            if are_both and others and one.name.lower() == _BOTH:
                at, expected = f"line {others[0] + 1}", "pictures of train or of val"
                other = f"{len(others)} that are in neither"
                found.defects.append(VocImagesetInvalid(one.path, at, expected, other))
        both = [n for one in of_kind if one.name.lower() == _BOTH for n in one.names]
        here = dict.fromkeys(filter(None, both), SPLITS["train"]) | here
        said = {place.of(base, name): split for name, split in here.items()} | said
    listed = {one.base for one in found.sets}
    for picture in found.annotations:
        folder = picture.rpartition("/")[0]
        by_folder = (
            UNNAMED if any(folder.startswith(base) for base in listed) else split_named(folder)
        )
        found.splits[picture] = said.get(picture, by_folder)


def _compare(one: ImageSet, known: Mapping[str, str], defects: list[Defect]) -> None:
    """Name what is in a list of train and val, or of a class, and in another split than it says."""
    word = one.name.lower().rpartition("_")[2]
    own = {"train", "val"} if word == _BOTH else {SPLITS.get(word, "")}
    if word == one.name.lower() != _BOTH or own == {""}:
        return
    odd = [n for n, name in enumerate(one.names) if name in known and known[name] not in own]
    if odd:
        at, expected = f"line {odd[0] + 1}", f"pictures of {' and '.join(sorted(own))} alone"
        found = f"{len(odd)} that are in {known[one.names[odd[0]]]}"
        defects.append(VocImagesetInvalid(one.path, at, expected, found))
        one.elsewhere.update(one.names[n] for n in odd)
