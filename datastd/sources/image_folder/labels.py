"""Labels that lie beside pictures: the files of ImageNet, tiny-imagenet and Caffe."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.sources import Defect
from datastd.sources.streams import Bytes
from datastd.words import many

_MOST = 256 << 20  # bytes of a file with labels
_DIGITS = 9  # of the number of a class

MAPS = frozenset({
    "wnids.txt", "words.txt", "synset_words.txt", "synsets.txt", "map_clsloc.txt",
    "loc_synset_mapping.txt", "imagenet_class_index.json", "classes.txt",
})  # fmt: skip
"""Names (lower case) of files that say what classes are called: papers of this format."""

_SUFFIXES = (".txt", ".csv", ".json")  # of all such files: most others are pictures
_BOXES = re.compile(r"(.*/)?(?P<name>[^/]+)/(?P=name)_boxes\.txt")  # of tiny-imagenet
_SETS = re.compile(r"(.*/)?ImageSets/.*\.txt")  # lists of samples, numbered in ImageNet's
_TRUTH = re.compile(r"ILSVRC\d{4}_(clsloc_)?validation_ground_truth\.txt", re.IGNORECASE)
_VALIDATION = frozenset({"val", "valid", "validation"})


class LabelFileInvalid(Defect):
    """
    A file of labels that cannot be read, or that is not about the pictures beside it.

    One that has a line of another form, names pictures that are not there, or a picture
    twice, or a class that has no folder where other splits have folders of classes; or one
    that says another class of a picture than another file does.

    Why it matters:
        Labels that are read with an offset, or for other pictures, train without an error.

    Remedy:
        Fetch the file again, or write it for the pictures that are there.

    Source:
        datastd's own definition; the forms are those of ImageNet, tiny-imagenet and Caffe.
    """

    code, name = "F192", "label-file-invalid"


def is_about_labels(path: str, splits: Sequence[str]) -> bool:
    """Say whether a file is one of labels, of samples, or of what classes are called."""
    if not path.lower().endswith(_SUFFIXES):
        return False
    name = path.rpartition("/")[2]
    known = name.lower() in MAPS or _TRUTH.fullmatch(name) or _BOXES.fullmatch(path)
    return bool(known or _SETS.fullmatch(path)) or any(name in _names(split) for split in splits)


def _names(split: str) -> tuple[str, ...]:
    return f"{split}_annotations.txt", f"{split}.txt", f"LOC_{split}_solution.csv"


def of_split(
    tree: Tree, split: str, pictures: Sequence[str], classes: Sequence[str]
) -> dict[str, str]:
    """
    The class of each picture of a flat split, by the picture's path.

    Args:
        tree: The dataset's folder.
        split: The split's name.
        pictures: Paths of its pictures, in order of their names.
        classes: Names of the classes of the other splits, in order: what a number in
            such a file counts, and, if there are any, all that a file may name.

    Returns:
        What all files say together; a picture that is in none has no class.

    Raises:
        Defect: A file cannot be read, is about something else, or contradicts another.
    """
    found: dict[str, str] = {}
    known = {*classes}
    for path in tree.stamps:
        if not split_of(path, [split]):
            continue
        lines = _text(tree, path).splitlines()
        if _TRUTH.fullmatch(path.rpartition("/")[2]):
            its = _numbered(tree, path, lines, pictures)
        else:
            its = _named(path, [*_pairs(path, lines)], pictures, classes)
        for picture, name in its.items():
            if known and name not in known:
                # One class more would move the labels of all that come after it.
                expected = "a class that has a folder in another split"
                raise LabelFileInvalid(path, picture, expected, name[:40])
            if found.setdefault(picture, name) != name:
                expected = f"{found[picture][:40]}, as another file says"
                raise LabelFileInvalid(path, picture, expected, name[:40])
    return found


def split_of(path: str, splits: Sequence[str]) -> str:
    """The one of *splits* whose pictures a file labels, by its name; empty for none."""
    if _SETS.fullmatch(path):
        return ""
    name = path.rpartition("/")[2]
    truth = bool(_TRUTH.fullmatch(name))
    return next((s for s in splits if name in _names(s) or (truth and s in _VALIDATION)), "")


def write_labels(
    tree: Tree, path: str, pictures: Sequence[str], to: Draft, *, numbered: bool
) -> None:
    """
    Write a file of labels anew, without the lines about pictures that are gone.

    Args:
        tree: The dataset's folder.
        path: The file.  One that says what classes are called is taken as it is, and one
            of which nothing is left is not written.
        pictures: Paths of all that it may be about, in order of their names.
        to: Where those that are left have been written.
        numbered: Whether it labels the pictures of one split, by name or by number.
    """
    gone = {one for one in pictures if one not in to.paths}
    name = path.rpartition("/")[2]
    if not gone or name.lower() in MAPS:
        to.take(tree, path)
        return
    lines = _text(tree, path).splitlines(keepends=True)
    head = 1 if path.endswith(".csv") else 0
    if numbered and _TRUTH.fullmatch(name):
        stays = [one not in gone for one in pictures]
    else:
        named = _tails(gone)
        named -= {tail for one in pictures if one not in gone for tail in _tails([one]) & named}
        about = [_about(path, line) for line in lines[head:]]
        stays = [(one.rpartition("/")[2] if numbered else one) not in named for one in about]
    left = [line for line, keep in zip(lines[head:], stays, strict=True) if keep]
    if left:
        to.put(path, ["".join([*lines[:head], *left]).encode()])


def _tails(paths: Iterable[str]) -> set[str]:
    """All that a list may call pictures: the path from any folder on, less the suffix too."""
    found = set()
    for path in paths:
        for start in (0, *(place + 1 for place, sign in enumerate(path) if sign == "/")):
            tail = path[start:]
            found |= {tail, tail.rpartition(".")[0]}
    return found - {""}


def _about(path: str, line: str) -> str:
    """The picture that a line names first."""
    words = next(csv.reader([line]), []) if path.endswith(".csv") else line.split()
    return words[0] if words else ""


def _text(tree: Tree, path: str) -> str:
    if tree.stamps[path].size > _MOST:
        raise LabelFileInvalid(path, "", f"at most {_MOST} bytes", f"{tree.stamps[path].size}")
    content = Bytes(tree, path, gzipped=False)
    try:
        return content.read(0, _MOST).decode()
    except UnicodeDecodeError as error:
        raise LabelFileInvalid(path, f"byte {error.start}", "UTF-8", "other bytes") from None


def _pairs(path: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield picture and class of each line."""
    table = path.endswith(".csv")
    rows = csv.reader(lines) if table else (line.split() for line in lines)
    number = 0
    try:
        for number, row in enumerate(rows, 1):
            if table and number == 1:
                continue
            if len(row) < 2 or not row[1].split():  # noqa: PLR2004
                raise LabelFileInvalid(
                    path, f"line {number}", "a picture and its class", "another line"
                )
            yield row[0], row[1].split()[0]
    except csv.Error as error:
        raise LabelFileInvalid(path, f"line {number + 1}", "CSV", str(error)) from None


def _named(
    path: str, pairs: Sequence[tuple[str, str]], pictures: Sequence[str], classes: Sequence[str]
) -> dict[str, str]:
    by_name: dict[str, str] = {}
    for picture in pictures:
        name = picture.rpartition("/")[2]
        by_name[name] = by_name[name.rpartition(".")[0]] = picture
    found: dict[str, str] = {}
    names = {*classes}
    for number, (name, called) in enumerate(pairs, 1):
        picture = by_name.get(name.rpartition("/")[2], "")
        if not picture or picture in found:
            expected = "the name of a picture, each once"
            what = "one that stood before" if picture else "one that is not there"
            raise LabelFileInvalid(path, f"entry {number}", expected, what)
        # Where folders are called by numbers, one of them is meant, and not its place.
        counts = called.isdecimal() and called not in names
        if counts and (len(called) > _DIGITS or int(called) >= len(classes)):
            expected = f"a number below {len(classes)}, or the name of a class"
            raise LabelFileInvalid(path, f"entry {number}", expected, called[:20])
        found[picture] = classes[int(called)] if counts else called
    return found


def _numbered(
    tree: Tree, path: str, lines: Sequence[str], pictures: Sequence[str]
) -> dict[str, str]:
    """Of one number a line, which the map of the development kit gives a class."""
    maps = [one for one in tree.stamps if one.rpartition("/")[2].lower() == "map_clsloc.txt"]
    if not maps:
        raise LabelFileInvalid(path, "", "map_clsloc.txt of the development kit beside it", "none")
    known: Mapping[str, str] = {
        row[1]: row[0] for row in map(str.split, _text(tree, maps[0]).splitlines()) if len(row) > 1
    }
    if len(lines) != len(pictures):
        raise LabelFileInvalid(
            path, "", f"{many(len(pictures), 'line')}, one a picture", f"{len(lines)}"
        )
    for number, line in enumerate(lines, 1):
        if line.strip() not in known:
            raise LabelFileInvalid(path, f"line {number}", f"a number in {maps[0]}", "another")
    return {one: known[line.strip()] for one, line in zip(pictures, lines, strict=True)}
