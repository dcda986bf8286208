"""Lists beside the pairs: which names belong to which split, and which classes there are."""

import csv
import io
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence

from datastd.disk import Tree
from datastd.sources import Defect
from datastd.sources.encoding import text_of
from datastd.sources.files import SPLITS, EmptyFile
from datastd.sources.masks.defects import ClassListInvalid, MaskListInvalid

_LIST = re.compile(r"(?P<root>(?:.*/)?)ImageSets/Segmentation/(?P<name>[^/]+)\.txt")
_LINES = frozenset({"classes.txt", "codes.txt", "labels.txt", "class_names.txt"})
_MAP, _TABLE, _COLOURS = "labelmap.txt", "class_dict.csv", "label_colors.txt"
_NAME: Mapping[str, Callable[[str], str]] = {
    _MAP: lambda line: line.partition(":")[0],
    _COLOURS: lambda line: " ".join(line.split(maxsplit=3)[3:]),
}
"""What the name is in a line, where it is not all of it."""

_MOST = 64 << 20  # bytes of a list
_CLASSES = 1 << 16  # values that a mask of 16 bits has


def lists(paths: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Lists of names by their paths: the folder that each is about, and what it is called."""
    found = {path: match for path in paths if (match := _LIST.fullmatch(path))}
    return {path: (match["root"].rstrip("/"), match["name"]) for path, match in found.items()}


def of_splits(found: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Those of lists that are of a split, and of which; ``trainval`` repeats others, if any."""
    plain = {
        path: (root, SPLITS[name.lower()])
        for path, (root, name) in found.items() if name.lower() in SPLITS
    }  # fmt: skip
    return plain or {**found}


def names_in(tree: Tree, path: str) -> list[str]:
    """
    The names of a list, one a line; of the lists of VOC's classes the first word.

    Raises:
        MaskListInvalid: It cannot be read as text.
        FileUnreadable: It cannot be read.
    """
    lines = _text(tree, path, MaskListInvalid).splitlines()
    return [name for line in lines if (name := _first(line))]


def left(tree: Tree, path: str, names: Container[str]) -> bytes:
    """The lines of a list that are of these names, as they are; none of one that is no text."""
    try:
        lines = _text(tree, path, MaskListInvalid).splitlines(keepends=True)
    except Defect:  # nobody reads it
        return b""
    return "".join(line for line in lines if _first(line) in names).encode()


def _first(line: str) -> str:
    """The first word of a line; empty where it has none."""
    return next(iter(line.split()), "")


def lists_of_classes(paths: Sequence[str]) -> Iterator[str]:
    """Files at the root that list classes, by their names."""
    for path in paths:
        if path.lower() in {*_LINES, _MAP, _TABLE, _COLOURS}:
            yield path


def classes_in(tree: Tree, path: str) -> list[str]:
    """
    The names of classes, in the order of their values.

    Raises:
        ClassListInvalid: It is no list of distinct names.
        FileUnreadable: It cannot be read.
    """
    names = [*_names(path.lower(), _text(tree, path, ClassListInvalid))]
    if not 0 < len(names) <= _CLASSES:
        expected = f"from 1 to {_CLASSES} names of classes"
        raise ClassListInvalid(path, "", expected, f"{len(names)}")
    for number, name in enumerate(names):
        if not name or name in names[:number]:
            found = f"{name[:40]} once more" if name else "none"
            raise ClassListInvalid(path, f"class {number}", "a name of its own", found)
    return names


def _names(called: str, text: str) -> Iterator[str]:
    """The names in the text of a list that is *called* so."""
    if called == _TABLE:
        rows = csv.reader(io.StringIO(text))
        next(rows, None)  # the header
        yield from (row[0].strip() for row in rows if row)
        return
    for line in text.splitlines():
        if line.strip() and not (called == _MAP and line.startswith("#")):
            yield _NAME.get(called, str)(line).strip()


def _text(tree: Tree, path: str, kind: type[Defect]) -> str:
    """
    A list as text.

    Raises:
        Defect: It is empty, cannot be read, is too large, or no UTF-8.
    """
    if not tree.stamps[path].size:
        raise EmptyFile(path, "", "at least one byte", "0 bytes")
    return text_of(tree, path, _MOST, kind)
