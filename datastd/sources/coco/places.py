"""Which file a picture is: where a ``file_name`` of COCO's is looked for."""

import re
from collections.abc import Iterator, Sequence

from datastd.disk import Tree
from datastd.sources.files import SPLITS

_PICTURES = "images"


def folders(path: str) -> Iterator[str]:
    """
    Folders in which the pictures of the file *path* may be, each with a ``/`` behind it.

    Each folder around the file, up to the dataset's own; and in each of these ``images``, one
    called as the split in the file's name (``train2017``, ``train``), and one in the other.
    """
    *around, name = path.split("/")
    words = [word for word in re.split(r"[^A-Za-z0-9]+", name) if _is_split(word)]
    names = [*dict.fromkeys(one for word in words for one in (word, word.rstrip("0123456789")))]
    seen = set[str]()
    for depth in range(len(around), -1, -1):
        base = "".join(f"{part}/" for part in around[:depth])
        inside = [f"{_PICTURES}/{one}/" for one in names] + [f"{one}/{_PICTURES}/" for one in names]
        for place in (*inside, *(f"{one}/" for one in names), f"{_PICTURES}/", ""):
            if base + place not in seen:
                seen.add(base + place)
                yield base + place


def _around(path: str) -> Iterator[str]:
    """The folders around a file, each with a ``/`` behind it, and the dataset's own."""
    yield ""
    at = path.find("/")
    while at >= 0:
        yield path[: at + 1]
        at = path.find("/", at + 1)


def _is_split(word: str) -> bool:
    return word.rstrip("0123456789").lower() in SPLITS


def found(tree: Tree, path: str, names: Sequence[str | None]) -> Iterator[list[str]]:
    """Yield, for each of the *names* that the file *path* lists, the files that it may be."""
    there = {place for one in tree.stamps for place in _around(one)}
    places = [one for one in folders(path) if one in there]
    for name in names:
        short = (name or "").removeprefix("./")
        yield [place + short for place in places if place + short in tree.stamps]


def with_masks(tree: Tree) -> frozenset[str]:
    """Files that are panoptic: beside them is a folder of masks that is called as they are."""
    folders = {path.rpartition("/")[0] for path in tree.stamps if path.lower().endswith(".png")}
    return frozenset(
        path for path in tree.stamps
        if path.lower().endswith(".json") and path.rpartition(".")[0] in folders
    )  # fmt: skip


def masks_of(tree: Tree, path: str) -> Iterator[str]:
    """Masks of the panoptic file *path*: in the folder that is called as it is."""
    folder = path.rpartition(".")[0] + "/"
    for one in tree.stamps:
        if one.startswith(folder) and one.lower().endswith(".png"):
            yield one
