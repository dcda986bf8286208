"""Lists beside the pairs: which names belong to which split, and which classes there are."""

import csv
import io
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence

import polars as pl

from datastd.disk import Tree
from datastd.model import DATA
from datastd.sources import Defect, Findings
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

_BOTH = "trainval"
_CLASS = {"key": pl.String, "origin": pl.String, "split": pl.String, "class_name": pl.String,
          "samples": pl.Int64, "category": pl.Int64}  # fmt: skip

_MOST = 64 << 20  # bytes of a list
_CLASSES = 1 << 16  # values that a mask of 16 bits has


def lists(paths: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Lists of names by their paths: the folder that each is about, and what it is called."""
    found = {path: match for path in paths if (match := _LIST.fullmatch(path))}
    return {path: (match["root"].rstrip("/"), match["name"]) for path, match in found.items()}


def of_both(
    found: Mapping[str, tuple[str, str]], of_split: Mapping[str, tuple[str, str]]
) -> dict[str, str]:
    """Lists called ``trainval`` where others are *of_split*, and the folder that each is about."""
    return {
        path: root for path, (root, name) in found.items()
        if name.lower() == _BOTH and path not in of_split
    }  # fmt: skip


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
    """The first line of each of these names in a list; none of one that is no text."""
    try:
        lines = _text(tree, path, MaskListInvalid).splitlines(keepends=True)
    except Defect:  # nobody reads it
        return b""
    once = dict[str, str]()
    for line in lines:
        once.setdefault(_first(line), line)
    return "".join(line for name, line in once.items() if name in names).encode()


def _first(line: str) -> str:
    """The first word of a line; empty where it has none."""
    return next(iter(line.split()), "")


def lists_of_classes(paths: Sequence[str]) -> Iterator[str]:
    """Files at the root that list classes, by their names."""
    for path in paths:
        if path.lower() in {*_LINES, _MAP, _TABLE, _COLOURS}:
            yield path


def classes_listed(tree: Tree, findings: Findings) -> tuple[list[str], str]:
    """The names of the classes by value, and the list at the root that should have them, if any."""
    first, *more = [*lists_of_classes([*tree.stamps]), ""]
    for path in more[:-1]:
        findings.defects.append(ClassListInvalid(path, "", "one list", f"{first} as well"))
    names: list[str] = []
    if first:
        with findings:
            names = classes_in(tree, first)
    return names, first


def class_table(
    path: str, names: Mapping[int, str], splits: Mapping[str, int | None]
) -> pl.DataFrame | None:
    """
    The table of classes, as `Source.classes` has it, of one list for all splits; none of no list.

    Args:
        path: The list.
        names: What each number is called: the column ``category`` has it.
        splits: How many samples each has, if that is known.
    """
    rows = [
        (f"{path}#{value}", DATA, split, name, samples, value)
        for split, samples in splits.items() for value, name in names.items()
    ]  # fmt: skip
    if not rows:
        return None
    return pl.DataFrame(rows, _CLASS, orient="row")


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
