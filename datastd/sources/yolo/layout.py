"""Where things lie in a dataset of YOLO: labels to pictures, what classes are called, splits."""

import posixpath
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from datastd.disk import Tree
from datastd.sources import Defect, Findings
from datastd.sources.encoding import BOM, text_of
from datastd.sources.files import (
    SPLITS,
    UNNAMED,
    again,
    glimpse,
    is_data,
    split_named,
)
from datastd.sources.yolo.config import Config, configured, listed
from datastd.sources.yolo.defects import (
    YoloConfigInvalid,
    YoloLabelWithoutImage,
    YoloPictureTwice,
)

_MOST = 64 << 20  # bytes of a list of pictures
_IMAGES, _LABELS = "images", "labels"
_NAMES = frozenset({"classes.txt", "obj.names"})
_YAML = (".yaml", ".yml")
_DARKNET = ".data"  # says where lists and names are, on the machine that it was written on
_ABSENT = "data.yaml"
_LIST = ".txt"
_SHOWN = 100  # letters of a path
_HEAD = 4 << 10  # bytes in which a list shows what it is


@dataclass(frozen=True, slots=True)
class PictureList:
    """
    A file that names the pictures of a split.

    Attributes:
        path: The file.
        lines: Its lines, with their ends.
        pictures: The picture that each names; empty for a blank one, and one that is not there.
        elsewhere: Those that are in another split.
    """

    path: str
    lines: Sequence[str]
    pictures: Sequence[str]
    elsewhere: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Layout:
    """
    A dataset, as far as names and its configuration tell.

    Attributes:
        labels: The label file of each picture; empty where it has none.
        splits: The split of each picture.
        lists: Lists of pictures.
        beside: Files that say what classes are called, all the same, and the like.
        config: What these say.
        defects: What cannot be read, or has no partner.
        lost: Label files without a picture.
    """

    labels: dict[str, str] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)
    lists: list[PictureList] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    config: Config = field(default_factory=Config)
    defects: list[Defect] = field(default_factory=list)
    lost: int = 0

    @property
    def known(self) -> set[str]:
        """Every file that is about them."""
        lists = {one.path for one in self.lists}
        return {*self.labels, *self.labels.values(), *lists, *self.beside,
                *(one.path for one in self.defects)}  # fmt: skip


def label_of(picture: str) -> str:
    """Where the labels of a picture are: its folder called images is called labels there."""
    return f"{_exchanged(picture, _IMAGES, _LABELS).rpartition('.')[0]}.txt"


def _exchanged(path: str, name: str, other: str) -> str:
    """A path with the last folder that has a name under another."""
    *folders, file = path.split("/")
    if name in folders:
        folders[len(folders) - 1 - folders[::-1].index(name)] = other
    return "/".join([*folders, file])


def is_label(path: str, folders: set[str]) -> bool:
    """Say whether a file, by its name, holds labels: *folders* have the pictures."""
    folder, _, name = path.rpartition("/")
    if not name.lower().endswith(".txt") or name.lower() in _NAMES:
        return False
    return _LABELS in folder.split("/") or (folder in folders and _IMAGES not in folder.split("/"))


def lay_out(tree: Tree, suffixes: tuple[str, ...]) -> Layout:
    """Find what there is; pictures are files with one of *suffixes*."""
    found = Layout()
    files = [path for path in tree.stamps if is_data(path)]
    pictures = [path for path in files if path.lower().endswith(suffixes)]
    folders = {path.rpartition("/")[0] for path in pictures}
    there = {path for path in files if is_label(path, folders)}
    found.labels = {path: one if (one := label_of(path)) in there else "" for path in pictures}
    first = {found.labels[path]: path for path in reversed(pictures)}
    for path, label in found.labels.items():
        if label and first[label] != path:
            expected, other = "one picture of the name", f"{first[label]} as well"
            found.defects.append(YoloPictureTwice(path, "", expected, other))
    taken = {*found.labels.values()}
    others = [path for path in files if path.lower().endswith(".txt") and path not in taken]
    lists = {path for path in others if _names_pictures(tree, path, suffixes)}
    findings = Findings(found.defects)
    for path in others:
        if path in lists:
            with findings:
                _take_list(tree, path, found)
        elif path in there:
            expected = f"a picture such as {_exchanged(path, _LABELS, _IMAGES).rpartition('.')[0]}"
            found.defects.append(YoloLabelWithoutImage(path, "", expected + suffixes[0], "none"))
            found.lost += 1
    _configure(tree, files, found)
    _split(found)
    return found


def _names_pictures(tree: Tree, path: str, suffixes: tuple[str, ...]) -> bool:
    """Say whether a file begins with the path of a picture."""
    head = glimpse(tree, path, _HEAD).removeprefix(BOM).decode(errors="replace")
    return head.partition("\n")[0].strip().lower().endswith(suffixes)


def _take_list(tree: Tree, path: str, found: Layout) -> None:
    """
    Read a list of pictures.

    Raises:
        Defect: It is no text, or names pictures that are not there.
    """
    lines = text_of(tree, path, _MOST, YoloConfigInvalid).splitlines(keepends=True)
    folder = path.rpartition("/")[0]
    pictures = [_named(line.strip(), folder, found.labels) for line in lines]
    found.lists.append(PictureList(path, lines, pictures))
    absent = [n for n, one in enumerate(pictures) if not one and lines[n].strip()]
    if absent:
        at, said = f"line {absent[0] + 1}", f"{len(absent)} that are not"
        raise YoloConfigInvalid(path, at, "pictures that are there", said)
    if more := again(pictures):
        at, said = f"line {more[0] + 1}", f"{len(more)} once more"
        raise YoloConfigInvalid(path, at, "each picture once", said)


def _named(name: str, folder: str, pictures: Container[str]) -> str:
    """The picture that a line of a list in *folder* names, from wherever its path begins."""
    plain = posixpath.normpath(name.replace("\\", "/")) if name else ""
    beside = posixpath.normpath(posixpath.join(folder, plain))
    if plain and beside in pictures:
        return beside
    parts = [one for one in plain.split("/") if one not in {"", "..", "."}]
    tails = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((one for one in tails if one in pictures), "")


def _configure(tree: Tree, files: Sequence[str], found: Layout) -> None:
    """Read what classes are called, where that is said; each file of it says the same."""
    findings = Findings(found.defects)
    first, said = "", Config()
    named = [one for one in files if one.lower().endswith(_YAML)]
    named += [one for one in files if _is_list_of_names(one)]
    for path in named:
        with findings:
            config = (configured if path.lower().endswith(_YAML) else listed)(tree, path)
            if config is None:
                continue
            if first and {**config.names} != {**said.names}:
                raise YoloConfigInvalid(path, "", f"the names that {first} says", "others")
            places = config.folders, config.root, config.points
            if config.folders and said.folders and places != (said.folders, said.root, said.points):
                raise YoloConfigInvalid(path, "", f"the places that {first} says", "others")
            found.beside.append(path)
            if not first:
                first, said = path, config
    found.config = said
    found.beside += [one for one in files if one.lower().endswith(_DARKNET)]
    wrong = any(isinstance(one, YoloConfigInvalid) for one in found.defects)
    if not said.names and not wrong and any(found.labels.values()):
        expected = "names of classes: in data.yaml, classes.txt or obj.names"
        found.defects.append(YoloConfigInvalid(_ABSENT, "", expected, "none"))


def _is_list_of_names(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return name in _NAMES or name.endswith(".names")


def _split(found: Layout) -> None:
    """Say which split each picture is in: what lists say, or the configuration, or its folder."""
    of_lists, folders, absent = _places(found)
    inside = {
        picture: next((split for one, split in folders.items() if picture.startswith(one)), "")
        for picture in found.labels
    }
    said: dict[str, str] = {}
    for one in found.lists:
        split = of_lists.get(one.path) or split_named(one.path)
        if split != UNNAMED:
            here = [picture for picture in one.pictures if picture]
            twice = {
                picture for picture in here
                if (said.get(picture) or inside.get(picture) or split) != split
            }  # fmt: skip
            if twice:
                expected, other = "pictures of one split", f"{len(twice)} that others name too"
                found.defects.append(YoloConfigInvalid(one.path, "", expected, other))
                one.elsewhere.update(twice)
            said = dict.fromkeys((one for one in here if one not in twice), split) | said
    for picture in found.labels:
        folder = picture.rpartition("/")[0]
        found.splits[picture] = said.get(picture) or inside[picture] or split_named(folder)
    is_whole = all(said.get(picture) or inside[picture] for picture in found.labels)
    found.defects += [one for one in absent if not (is_whole and _is_elsewhere(one, found))]


def _is_elsewhere(absent: YoloConfigInvalid, found: Layout) -> bool:
    """
    Say whether a place that is not there is of a split that is not here at all.

    coco128 is such a part of COCO: its configuration names ``images/val2017``, and nothing of that
    comes with it.  Of a split of which a list is named, or another place is here, it is lost.
    """
    places = found.config.folders[absent.at]
    is_list = any(place.lower().endswith(_LIST) for place in places)
    is_here = any(_below(place, found) is not None for place in places)
    return absent.at != "train" and not is_list and not is_here


def _places(found: Layout) -> tuple[dict[str, str], dict[str, str], list[YoloConfigInvalid]]:
    """Where splits are: of lists and of folders, the innermost first; and what is not there."""
    of_lists: dict[str, str] = {}
    folders: dict[str, str] = {}
    absent = list[YoloConfigInvalid]()
    lists = {one.path for one in found.lists}
    for split, values in found.config.folders.items():
        for value in values:
            is_list = value.lower().endswith(_LIST)
            place = _named(value, "", lists) or None if is_list else _below(value, found)
            if place is None:
                expected = "a list that is there" if is_list else "a folder with pictures"
                absent.append(YoloConfigInvalid(found.beside[0], split, expected, value[-_SHOWN:]))
                continue
            other = (of_lists if is_list else folders).setdefault(place, SPLITS[split])
            if other != SPLITS[split]:
                path, expected = found.beside[0], f"another place than that of {other}"
                found.defects.append(YoloConfigInvalid(path, split, expected, "the same"))
    for one, split in folders.items():
        around = (other for other in folders if one.startswith(other) and folders[other] != split)
        for other in around:
            expected = f"another place than in that of {folders[other]}"
            said = f"{one or '.'}, which is in {other or '.'}"
            found.defects.append(YoloConfigInvalid(found.beside[0], split, expected, said))
    return of_lists, dict(sorted(folders.items(), key=lambda one: -len(one[0]))), absent


def _below(value: str, found: Layout) -> str | None:
    """A folder that the configuration names, with its slash; None where no picture is below it."""
    own, root = found.beside[0].rpartition("/")[0], found.config.root
    inner = [posixpath.join(own, root, value), posixpath.join(own, value)]  # as in a bag
    for base in dict.fromkeys([*inner, posixpath.join(root, value), value]):
        parts = posixpath.normpath(base.replace("\\", "/")).split("/")
        inside = [one for one in parts if one not in {"", ".", ".."}]
        is_far = not parts[0] or parts[0].endswith(":")  # on the machine that it was written on
        for start in range(len(inside) if is_far else 1):
            folder = "".join(f"{one}/" for one in inside[start:])
            if any(picture.startswith(folder) for picture in found.labels):
                return folder
    return None
