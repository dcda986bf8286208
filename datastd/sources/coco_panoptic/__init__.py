"""Panoptic segments in COCO's layout: a file that lists them, and a mask for each picture."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.records.coco_panoptic import CocoPanopticAnnotation
from datastd.sources import Column, Defect, Findings
from datastd.sources.coco import ALONE, Coco, apart, judge, named
from datastd.sources.coco.defects import CocoTopLevel
from datastd.sources.coco.fields import ODD, TEXT, read
from datastd.sources.coco.layout import NAMED, RUN
from datastd.sources.coco.places import masks_of, with_masks
from datastd.sources.coco.splits import Split
from datastd.sources.coco_panoptic.segments import SCHEMA, segments
from datastd.sources.encoding import Numbers
from datastd.sources.files import glimpse, strays
from datastd.sources.masks.defects import MaskMissing, MaskPairAmbiguous, MaskWithoutImage
from datastd.sources.masks.pairing import INSTANCES, MASK
from datastd.sources.pictures import SUFFIXES, Beside, Listed, Pictures

_HEAD = 64 << 10  # bytes in which a file shows what it is, if no folder of masks does
_TRIED = 16  # files that are asked what they are
_PICTURES = tuple(suffix for of in SUFFIXES.values() for suffix in of)


class _Masked(NamedTuple):
    """
    Samples of a split; N of each.

    Attributes:
        sample: The number of the picture in the split.
        annotation: The number of its annotation there.
        mask: The file of its mask.
    """

    sample: list[int]
    annotation: list[int]
    mask: list[str]


class CocoPanoptic(Coco):
    """
    Pictures and their segments in COCO's panoptic layout.

    A ``.json`` file lists pictures, and for each the segments in its mask, a PNG that lies in
    the folder that is called as the file, or beside the file: ``panoptic_val2017.json`` and
    ``panoptic_val2017/000000000139.png``.  A sample is a picture with its ``mask``, of which
    every value is R + 256 G + 65536 B; its annotations are the segments, by these numbers.
    Pictures are looked for as by the format ``coco``; splits and files are put together likewise.

    With ``--format coco-panoptic:annotations`` the pictures are elsewhere: a sample is a mask,
    and has its file as its key.

    Source:
        cocodataset.org, "Data format", 4; Kirillov et al. 2019, arXiv:1801.00868.
    """

    format: ClassVar[str] = "coco-panoptic"
    columns: ClassVar[tuple[str, ...]] = (
        *Coco.columns, "mask", "mask_encoding", "mask_mode", "mask_palette",
    )  # fmt: skip
    annotates: ClassVar[tuple[str, ...]] = tuple(
        name for name in SCHEMA if name not in {"row", "annotation"}
    )
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *Coco.kinds, MaskMissing, MaskWithoutImage, MaskPairAmbiguous,
    )  # fmt: skip

    def __init__(self, tree: Tree, more: Sequence[str] = ()) -> None:
        self._alone = ALONE in more
        super().__init__(tree, [one for one in more if one != ALONE])
        self._annotation: dict[str, NDArray[np.int64]] = {}
        self._mask: dict[str, list[str]] = {}

    @classmethod
    def of(cls, tree: Tree, options: Sequence[str] = ()) -> Self:
        return cls(tree, options)

    @property
    def called(self) -> str:
        options = (ALONE, *self._more) if self._alone else self._more
        return f"{self.format}:{','.join(options)}" if options else self.format

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return bool(with_masks(tree)) or any(_says_so(tree, path) for path in named(tree)[:_TRIED])

    def named(self) -> list[str]:
        paths = named(self.tree)
        masked = with_masks(self.tree)
        return [path for path in paths if path in masked or _says_so(self.tree, path)] or paths

    @property
    def stated(self) -> frozenset[str]:
        if not self._alone:
            return super().stated
        return super().stated - (frozenset(Pictures.columns) - {"stated_width", "stated_height"})

    def listing(self, findings: Findings) -> Mapping[str, Listed]:
        files = self._files(findings, alone=False)
        listed, known, claimed, taken = dict[str, Listed](), {*files}, set[str](), set[str]()
        for one in (file for split in self._splits.values() for file in split.files):
            if one.is_list:
                findings.defects.append(CocoTopLevel(one.path, "byte 0", "an object", "a list"))
        for name, split in self._splits.items():
            pictures = self._pictures(split, findings)
            known |= {*pictures.values()}
            called = split.key if self._alone else _called(pictures, taken).__getitem__
            rows = self._masked(split, {one: called(one) for one in pictures}, claimed, findings)
            keys = rows.mask if self._alone else [called(one) for one in rows.sample]
            paths = rows.mask if self._alone else [pictures[one] for one in rows.sample]
            order = _order(keys)
            sample = self._rows[name] = np.array(rows.sample, np.int64)[order]
            self._annotation[name] = np.array(rows.annotation, np.int64)[order]
            self._mask[name] = [rows.mask[one] for one in order]
            sides = split.width[sample].tolist(), split.height[sample].tolist()
            if order:
                every = Listed(paths, [None] * len(order), (), (), keys).rows(order)
                listed[name] = replace(every, width=sides[0], height=sides[1])
        masks = {one for path in files for one in masks_of(self.tree, path)}
        self._name(findings, (
            MaskWithoutImage(one, "", "an annotation that names it", "none")
            for one in sorted(masks - claimed)
        ))  # fmt: skip
        known |= masks | claimed
        if self._alone:
            known |= {path for path in self.tree.stamps if path.lower().endswith(_PICTURES)}
        expected = "a file of segments, a mask or a picture that one lists, or a paper"
        findings.defects += strays(self.tree, known, expected)
        return listed

    def _name(self, findings: Findings, defects: Iterable[Defect]) -> None:
        """Name samples that are lost, each by itself; of more than `NAMED`, how many there are."""
        left, last = 0, None
        for number, last in enumerate(defects):
            self.lost += 1
            if number < NAMED:
                findings.defects.append(last)
            else:
                left += 1
        if left and last:
            more = type(last)(last.path, "", last.expected, f"{left} more like these", samples=left)
            findings.defects.append(more)

    def _pictures(self, split: Split, findings: Findings) -> dict[int, str]:
        """The file of each picture that can be a sample; of none, where they are elsewhere."""
        if self._alone:
            return dict.fromkeys(range(len(split)), "")
        rows, paths = self._there(split, findings)
        return dict(zip(rows, paths, strict=True))

    def _masked(
        self, split: Split, keys: Mapping[int, str], claimed: set[str], findings: Findings
    ) -> _Masked:
        """The samples among pictures, by *keys*; *claimed* takes all masks that are named."""
        rows = np.array([*keys], np.int64)
        counts = split.first[rows + 1] - split.first[rows]
        self._name(findings, (
            MaskMissing(keys[row], "", "an annotation with a mask", "none")
            for row in rows[counts == 0].tolist()
        ))  # fmt: skip
        made, several = _Masked([], [], []), set(rows[counts > 1].tolist())
        self._name(findings, (
            MaskPairAmbiguous(keys[row], "", "one annotation", "several") for row in sorted(several)
        ))  # fmt: skip
        annotation = np.concatenate([np.zeros(0, np.int64), *(
            np.arange(split.first[row], split.first[row + 1]) for row in rows.tolist()
        )])  # fmt: skip
        of = np.repeat(rows, counts)

        def lost() -> Iterator[Defect]:
            """Find the masks; yield why there is none."""
            for one, items, place, name in self._names(split, annotation):
                row, path = int(of[one]), items.path
                at, key = f"byte {items.starts[place]}", keys[row]
                mask = "" if name is None else _mask(self.tree, path, name)
                if row in several:
                    claimed.add(mask)
                elif name is None:
                    yield items.wrong(place, CocoPanopticAnnotation, key)
                elif not mask:
                    said = f"{name[:100]}, which is not there"
                    yield MaskMissing(path, at, "the mask that it names", said, key)
                elif mask in claimed:
                    said = f"{mask} once more"
                    yield MaskPairAmbiguous(path, at, "a mask of its own", said, key)
                else:
                    claimed.add(mask)
                    made.sample.append(row)
                    made.annotation.append(int(annotation[one]))
                    made.mask.append(mask)

        self._name(findings, lost())
        return made

    def _names(
        self, split: Split, annotation: Numbers
    ) -> Iterator[tuple[int, judge.Items, int, str | None]]:
        """What annotations call their masks, None where it is no name; and where they stand."""
        for number in np.unique(split.of[annotation]).tolist():
            ours = np.flatnonzero(split.of[annotation] == number)
            file = split.files[number]
            mark = split.mark[annotation[ours]]
            starts, lengths = file.marks.start[mark], file.marks.length[mark].astype(np.int64)
            for run in _runs(lengths):
                items = judge.read(self.tree, file.path, starts[run], (starts + lengths)[run])
                found = read(items.line, items.places, items.stops, (("file_name", TEXT),))
                names = found.texts(items.line, 0).to_list()
                is_one = (found.state != ODD) & found.there(0)
                for place, one in enumerate(ours[run].tolist()):
                    yield one, items, place, names[place] if is_one[place] else None

    @property
    def payloads(self) -> frozenset[str]:
        return super().payloads.union(*self._mask.values())

    def beside(self, path: str, rows: Sequence[int]) -> Beside:
        split, wanted = self._splits[path], np.array(rows, np.int64)
        samples, annotation = self._rows[path][wanted], self._annotation[path][wanted]
        keys = [self._listed[path].keys[row] for row in rows]
        frames, wrong = [pl.DataFrame(schema=SCHEMA)], self._unsound(split, samples, keys)
        for number in np.unique(split.of[annotation]).tolist():
            ours = np.flatnonzero(split.of[annotation] == number)
            marks = split.files[number].marks
            mark, place = np.unique(split.mark[annotation[ours]], return_inverse=True)
            starts = marks.start[mark]
            frame, bad = segments(
                self.tree, split.files[number].path, starts, starts + marks.length[mark],
                split.known[number],
            )  # fmt: skip
            here = Beside(annotations=frame).rows(place.tolist()).annotations
            if here is not None:
                frames.append(here.with_columns(row=pl.Series(ours).gather(here["row"])))
            for one, found in zip(ours.tolist(), place.tolist(), strict=True):
                if found in bad:
                    wrong[one] = bad[found](keys[one])
        columns: dict[str, Column] = {
            "image_id": split.id[samples],
            "file_name": split.called.gather(samples),
            "listed_in": split.listed_in(samples),
        }
        masks = {MASK: [self._mask[path][row] for row in rows], INSTANCES: [""] * len(rows)}
        together = pl.concat(frames).sort("row", maintain_order=True)
        return Beside(columns, together, wrong, masks)

    def _unsound(self, split: Split, samples: Numbers, keys: Sequence[str]) -> dict[int, Defect]:
        """What is wrong with pictures that are no such, by place: where nobody asked before."""
        odd = np.flatnonzero(~split.sound[samples])
        _, wrong = split.pictures(self.tree, samples[odd])
        return {int(odd[place]): one.under(keys[odd[place]]) for place, one in wrong.items()}

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        super().write(kept, to)
        if not self._alone:
            for name, rows in kept.items():
                for row in rows.tolist():
                    to.take(self.tree, self._mask[name][row])

    def classes(self) -> pl.DataFrame | None:
        table = super().classes()  # it counts annotations, and each of these has many segments
        return None if table is None else table.with_columns(samples=pl.lit(None, pl.Int64))


def _says_so(tree: Tree, path: str) -> bool:
    """Say whether a file begins as those that list segments may."""
    return b'"segments_info"' in glimpse(tree, path, _HEAD)


def _mask(tree: Tree, path: str, name: str) -> str:
    """The mask that the file *path* calls so; empty where it is not there."""
    folder = path.rpartition(".")[0]
    above = path.rpartition("/")[0]
    for one in (f"{folder}/{name}", f"{above}/{name}".lstrip("/")):
        if one in tree.stamps:
            return one
    return ""


def _called(pictures: Mapping[int, str], taken: set[str]) -> dict[int, str]:
    """The keys of pictures, as `apart` has them."""
    return dict(zip(pictures, apart([*pictures.values()], taken), strict=True))


def _order(keys: Sequence[str]) -> list[int]:
    """Samples in the order of their keys' bytes, in which `Pictures.place` finds them."""
    return sorted(range(len(keys)), key=lambda one: keys[one].encode())


def _runs(lengths: Numbers) -> Iterator[slice]:
    """Annotations that are read together."""
    until, begin = np.cumsum(lengths), 0
    while begin < len(until):
        before = int(until[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(until, before + RUN, "right")), begin + 1)
        yield slice(begin, end)
        begin = end
