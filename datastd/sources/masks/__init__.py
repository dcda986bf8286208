"""Images and masks of classes or instances, paired by their names."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.sources import Column, Defect, Findings
from datastd.sources.files import odd_entries, split_named, strays
from datastd.sources.masks.defects import (
    ClassListInvalid,
    MaskListInvalid,
    MaskMissing,
    MaskPairAmbiguous,
    MaskWithoutImage,
)
from datastd.sources.masks.lists import (
    class_table,
    classes_listed,
    left,
    lists,
    lists_of_classes,
    names_in,
    of_both,
    of_splits,
)
from datastd.sources.masks.pairing import (
    INSTANCES,
    MASK,
    Name,
    Pair,
    Pairing,
    has_boxes,
    has_masks,
    of_others,
    paired,
    published,
)
from datastd.sources.pictures import Beside, Listed, Pictures

OF_CLASSES, OF_INSTANCES = 0, 1
"""What the values of a mask are, in the column ``mask_kind``."""


class Masks(Pictures):
    """
    Images with masks: of classes, of instances, or both.

    A folder says what is in it: ``images`` and ``masks`` (or ``labels``, ``annotations``),
    with folders of splits above or below; ``train`` and ``trainannot``; VOC's ``JPEGImages``,
    ``SegmentationClass`` and ``SegmentationObject``; Penn-Fudan's ``PNGImages`` and
    ``PedMasks``; Cityscapes' ``leftImg8bit`` and ``gtFine``.  What else is in their paths has
    to be equal, letter by letter, but for suffixes and endings such as ``_mask``, ``_L`` and
    ``_gtFine_labelIds``.  Where ``ImageSets/Segmentation`` has lists of VOC, an image that
    none of them names and that has no mask is one for detection alone, and no sample.

    Yields images as every source of pictures, and of each ``mask``, shape (H, W), of classes
    if there is one, else of instances (``mask_kind`` is 1), and ``instance_mask``, of no
    pixel where there is none beside one of classes; both exactly as stored.
    ``classes_stated``: how many classes a list at the root has, or the published layout.
    A split is what the list of names says, else a folder.

    Source:
        Everingham et al. 2010 (VOC2012's development kit); Brostow et al. 2009 (CamVid);
        Cordts et al. 2016 (Cityscapes); Wang et al. 2007 (Penn-Fudan); torchvision's voc.py
        and cityscapes.py.
    """

    format: ClassVar[str] = "masks"
    columns: ClassVar[tuple[str, ...]] = (
        *Pictures.columns, "mask", "mask_encoding", "mask_mode", "mask_palette", "mask_kind",
        "instance_mask", "instance_mask_encoding", "instance_mask_mode", "instance_mask_palette",
        "classes_stated",
    )  # fmt: skip
    lists: ClassVar[tuple[str, ...]] = ("category",)
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *Pictures.kinds, MaskMissing, MaskWithoutImage, MaskPairAmbiguous, MaskListInvalid,
        ClassListInvalid,
    )  # fmt: skip

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return has_masks(tree.stamps) and not has_boxes([*tree.stamps])  # which `voc` reads

    def listing(self, findings: Findings) -> Mapping[str, Listed]:
        findings.defects += odd_entries(self.tree)
        paths = [*self.tree.stamps]
        found = paired(paths, self.suffixes)
        self._lists = of_splits(lists(paths))
        self._elsewhere: set[tuple[str, str]] = set()  # names of lists, which are in another split
        splits = self._splits(found, findings)
        by_split: dict[str, list[Pair]] = {}
        for name, pair in sorted(found.pairs.items(), key=lambda one: one[1].image.encode()):
            by_split.setdefault(splits.get(name) or split_named(f"{name[0]}/"), []).append(pair)
        self._pairs = by_split
        roots = {root for root, _ in self._lists.values()}
        for name, defects in found.broken.items():
            if name in splits or name[0] not in roots or not isinstance(defects[0], MaskMissing):
                findings.defects += defects
        findings.defects += found.alone
        self._names, self._class_list = classes_listed(self.tree, findings)
        masks = [pair.mask for of in by_split.values() for pair in of if pair.mask]
        of_layout = 0 if self._class_list else published(masks)
        self._count = len(self._names) or of_layout  # of classes, 0 where nothing says so
        self._has_both = any(
            pair.mask and pair.instances for of in by_split.values() for pair in of
        )
        known = found.known | {*self._lists, *lists_of_classes(paths), *of_others(paths)}
        expected = "an image or a mask in a folder of such, or a paper"
        findings.defects += strays(self.tree, known, expected)
        self.lost = sum(one.samples for one in findings.defects if one.unit == "samples")
        return {
            split: Listed([pair.image for pair in of], [None] * len(of))
            for split, of in by_split.items()
        }  # fmt: skip

    def _splits(self, found: Pairing, findings: Findings) -> dict[Name, str]:
        """The split of each name that a list has."""
        splits: dict[Name, str] = {}
        there = {*found.pairs, *found.broken}
        for path, (root, split) in self._lists.items():
            with findings:
                for number, stem in enumerate(names_in(self.tree, path)):
                    name = root, stem
                    if name in there and name not in splits:
                        splits[name] = split
                        continue
                    said = f"{stem[:80]} once more" if name in splits else f"{stem[:80]}, of none"
                    if splits.get(name, split) != split:
                        self._elsewhere.add((path, stem))
                    expected = "each name once, of an image with a mask"
                    place = f"{path}#{number}"
                    findings.defects.append(
                        MaskListInvalid(path, f"name {number}", expected, said, place)
                    )
        for path, root in of_both(lists([*self.tree.stamps]), self._lists).items():
            with findings:
                for number, stem in enumerate(names_in(self.tree, path)):
                    if (root, stem) in there and splits.setdefault((root, stem), "train") == "test":
                        self._elsewhere.add((path, stem))
                        at, said = f"name {number}", f"{stem[:80]}, which is in test too"
                        expected, place = "names of train and val alone", f"{path}#{number}"
                        findings.defects.append(MaskListInvalid(path, at, expected, said, place))
        return splits

    @property
    def stated(self) -> frozenset[str]:
        self.plan()
        lacks = set() if self._has_both else {"instance_mask"}
        return super().stated - lacks - (set() if self._count else {"classes_stated"})

    def classes(self) -> pl.DataFrame | None:
        self.plan()
        counts = {split: len(of) for split, of in self._pairs.items()}
        return class_table(self._class_list, dict(enumerate(self._names)), counts)

    @property
    def payloads(self) -> frozenset[str]:
        self.plan()
        every = (pair for of in self._pairs.values() for pair in of)
        return frozenset(
            path for one in every for path in (one.image, one.mask, one.instances) if path
        )

    def beside(self, path: str, rows: Sequence[int]) -> Beside:
        pairs = [self._pairs[path][row] for row in rows]
        kind = [OF_CLASSES if pair.mask else OF_INSTANCES for pair in pairs]
        columns: dict[str, Column] = {"mask_kind": np.array(kind, np.int64)}
        count = self._count or None
        columns["classes_stated"] = pl.repeat(count, len(pairs), dtype=pl.Int64, eager=True)
        masks = {
            MASK: [pair.label for pair in pairs],
            INSTANCES: [pair.instances if pair.mask else "" for pair in pairs],
        }
        return Beside(columns, masks=masks)

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        stay: set[Name] = set()
        for split, rows in kept.items():
            for row in rows.tolist():
                pair = self._pairs[split][row]
                stay.add(pair.name)
                for path in pair.files:
                    to.take(self.tree, path)
        for path, (root, _) in lists([*self.tree.stamps]).items():
            stems = {stem for folder, stem in stay if folder == root}
            stems -= {stem for one, stem in self._elsewhere if one == path}
            if lines := left(self.tree, path, stems):
                to.put(path, [lines])
        for path in lists_of_classes([*self.tree.stamps]):
            to.take(self.tree, path)
