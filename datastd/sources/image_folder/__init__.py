"""Pictures in folders of classes, as torchvision's ImageFolder reads them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.model import DATA
from datastd.sources import Defect, Findings
from datastd.sources.files import (
    SPLITS,
    UNNAMED,
    EmptyFolder,
    NpyHeaderMissing,
    StrayFile,
    is_data,
    is_paper,
    odd_entries,
    strays,
)
from datastd.sources.image_folder.labels import (
    LabelFileInvalid,
    is_about_labels,
    of_split,
    split_of,
    write_labels,
)
from datastd.sources.image_index import indices
from datastd.sources.masks.pairing import has_masks
from datastd.sources.pictures import SUFFIXES, Listed, Pictures
from datastd.sources.pictures.defects import StrayPicture, UnsupportedExtension

_FLAT = "images"  # the one folder of a split that is no class, in tiny-imagenet
_ANY = tuple(suffix for of in SUFFIXES.values() for suffix in of)


@dataclass(slots=True)
class _Split:
    """
    A split's folder, and the pictures in it, in data order.

    Attributes:
        name: What the split is called.
        root: Its folder; empty for the dataset's.
        paths: Its pictures.
        folders: For each, the folder below the root that it is in; empty for the root.
        classes: How many pictures are in each such folder, those without any included.
    """

    name: str
    root: str
    paths: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    classes: Counter[str] = field(default_factory=Counter)

    @property
    def is_flat(self) -> bool:
        """Whether its pictures are in no folder of a class."""
        return not {*self.classes} - {_FLAT}

    def inside(self, path: str) -> list[str]:
        """The parts of a path below the root; none, where it lies elsewhere."""
        if not self.root:
            return path.split("/")
        return path[len(self.root) + 1 :].split("/") if path.startswith(f"{self.root}/") else []


class ImageFolder(Pictures):
    """
    Pictures with class labels: one folder a class, and one folder a split around them.

    Reads ``<class>/….jpg`` and ``<split>/<class>/….jpg`` below any folders; of a class, at
    any depth.  Folders called train, val, test and the like are splits where all their
    neighbours are.  A split without folders of classes is labelled by a file beside it, as
    ImageNet's and tiny-imagenet's ``val`` is: ``<split>_annotations.txt``,
    ``<split>.txt``, ``LOC_<split>_solution.csv``, or the ground truth of the development
    kit with its ``map_clsloc.txt``; without such a file, its samples have no label.

    Reads JPEG, PNG and WebP, and with ``--format image-folder:tiff,bmp,gif`` those.
    Yields images of shape (H, W, C) as stored, and labels as int64: the place of the
    class among all class names, sorted, as torchvision numbers them.

    Source:
        torchvision folder.py; ImageNet and tiny-imagenet as published.
    """

    format: ClassVar[str] = "image-folder"
    kinds: ClassVar[tuple[type[Defect], ...]] = (*Pictures.kinds, LabelFileInvalid)

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        there = any(_is_picture(path) and "/" in path for path in tree.stamps)
        # Of an index, which names its files itself, and of masks the folders are no classes.
        return there and not [*indices(tree)] and not has_masks(tree.stamps)

    def listing(self, findings: Findings) -> Mapping[str, Listed]:
        splits = _split(self.tree, self.suffixes)
        self._classes, self._splits = _classes(splits), splits
        names = [name for one in splits for name in (one.name, one.root.rpartition("/")[2])]
        self._beside = papers = [path for path in self.tree.stamps if is_about_labels(path, names)]
        findings.defects += self._others(papers, splits)
        numbered = sorted({name for one in splits if not one.is_flat for name in one.classes})
        labelled: dict[str, list[str | None]] = {}
        for one in splits:
            labelled[one.name] = [*one.folders] if not one.is_flat else [None] * len(one.paths)
            with findings:
                if one.is_flat:
                    by = of_split(self.tree, one.name, one.paths, numbered)
                    labelled[one.name] = [by.get(path) for path in one.paths]
        every = {name for of in labelled.values() for name in of if name} | {*numbered}
        known: dict[str | None, int | None] = {n: label for label, n in enumerate(sorted(every))}
        return {
            one.name: Listed(one.paths, [known.get(name) for name in labelled[one.name]])
            for one in splits if one.paths
        }  # fmt: skip

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        super().write(kept, to)
        flat = {one.name: one.paths for one in self._splits if one.is_flat}
        every = [path for one in self._splits for path in one.paths]
        unread = {one.path for one in self.plan().defects}
        for path in self._beside:
            if path not in unread:
                split = split_of(path, [*flat])
                pictures = flat.get(split, every)
                try:
                    write_labels(self.tree, path, pictures, to, numbered=split in flat)
                except Defect:  # nobody reads it: it is no worse than it was
                    to.take(self.tree, path)

    def classes(self) -> pl.DataFrame:
        self.plan()
        return self._classes

    def _others(self, papers: Sequence[str], splits: Sequence[_Split]) -> Iterator[Defect]:
        """Name what is no sample, by where it lies."""
        for defect in odd_entries(self.tree):
            # A folder of a class that is empty is a class, and for a rule to name.
            inside = [len(one.inside(defect.path)) for one in splits]
            if not isinstance(defect, EmptyFolder) or 1 not in inside:
                yield defect
        known = {*papers, *(path for one in splits for path in one.paths)}
        suffixes = ", ".join(self.suffixes)
        for defect in strays(self.tree, known, f"a picture ({suffixes}) in a folder, or a paper"):
            place = [len(one.inside(defect.path)) for one in splits if one.root or not one.is_flat]
            if not isinstance(defect, StrayFile | NpyHeaderMissing) or not any(place):
                yield defect
            elif max(place) > 1:
                suffix = "." + defect.path.rpartition(".")[2].lower()[:20]
                yield UnsupportedExtension(defect.path, "", f"one of {suffixes}", suffix)
            elif _is_picture(defect.path) or any(one.root for one in splits):
                expected = "a folder of a class around it"
                yield StrayPicture(defect.path, "", expected, "a file beside them")
            else:
                yield defect


def _is_picture(path: str) -> bool:
    return path.lower().endswith(_ANY)


def _split(tree: Tree, suffixes: tuple[str, ...]) -> list[_Split]:
    """The splits of a dataset, each with its pictures."""
    pictures = [p for p in tree.stamps if p.lower().endswith(suffixes) and is_data(p)]
    inner: dict[str, set[str]] = {}  # by folder, the folders in it that lead to pictures
    for folder in {path.rpartition("/")[0] for path in pictures}:
        here = folder
        while here:
            above, _, name = here.rpartition("/")
            inner.setdefault(above, set()).add(name)
            here = above
    roots = _roots(inner, "") or [_common(inner, {p.rpartition("/")[0] for p in pictures})]
    called = Counter(SPLITS.get(root.rpartition("/")[2].lower(), UNNAMED) for root in roots)
    splits = []
    for root in sorted(roots, key=str.encode):
        name = SPLITS.get(root.rpartition("/")[2].lower(), UNNAMED)
        splits.append(_Split(name if called[name] == 1 else root, root))
    known: dict[str, list[tuple[_Split, str]]] = {}  # of each folder, where its pictures belong
    for path in pictures:
        folder = path.rpartition("/")[0]
        if folder not in known:
            inside = ((one, one.inside(path)) for one in splits)
            known[folder] = [(one, p[0] if len(p) > 1 else "") for one, p in inside if p]
        for one, name in known[folder]:
            one.paths.append(path)
            one.folders.append(name)
    # Any file of a folder speaks for it.
    some = {path.rpartition("/")[0]: path for path in tree.stamps if not is_paper(path)}
    for one in splits:
        _name_classes(one, some.values(), tree)
        if not one.is_flat:  # pictures beside the folders of classes are in none
            one.paths = [p for p, f in zip(one.paths, one.folders, strict=True) if f]
            one.folders = [f for f in one.folders if f]
    return splits


def _roots(inner: Mapping[str, set[str]], folder: str) -> list[str]:
    """Folders of splits at or below *folder*: everything in it has to be in one."""
    below = [f"{folder}/{name}".lstrip("/") for name in inner.get(folder, ())]
    if below and all(one.rpartition("/")[2].lower() in SPLITS for one in below):
        return below
    found = [_roots(inner, one) for one in below]
    return [root for some in found for root in some] if all(found) else []


def _common(inner: Mapping[str, set[str]], holding: set[str]) -> str:
    """The folder that holds the folders of classes, where there are no splits."""
    here = ""
    while len(inner.get(here, ())) == 1 and here not in holding:
        (name,) = inner[here]
        below = f"{here}/{name}".lstrip("/")
        if below not in inner:
            break
        here = below
    return here


def _name_classes(one: _Split, some: Iterable[str], tree: Tree) -> None:
    """Count the pictures of each folder below a split's; one with *some* other file is one too."""
    one.classes = Counter(folder for folder in one.folders if folder)
    for path in some:
        parts = one.inside(path)
        if len(parts) > 1:
            one.classes.setdefault(parts[0], 0)
    for path, found in tree.oddities:
        parts = one.inside(path)
        if len(parts) == 1 and found == "an empty folder":
            one.classes.setdefault(parts[0], 0)


def _classes(splits: Sequence[_Split]) -> pl.DataFrame:
    """One row per split and folder of a class."""
    rows = [
        (f"{one.root}/{name}".lstrip("/"), DATA, one.name, name, count)
        for one in splits if not one.is_flat
        for name, count in sorted(one.classes.items())
    ]  # fmt: skip
    schema = {"key": pl.String, "origin": pl.String, "split": pl.String,
              "class_name": pl.String, "samples": pl.Int64}  # fmt: skip
    return pl.DataFrame(rows, schema, orient="row")
