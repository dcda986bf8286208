"""Pictures with boxes, masks, keypoints and captions, as COCO writes them down."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.model import DATA
from datastd.sources import Column, Defect, Findings, Plan, Shard
from datastd.sources.coco.defects import (
    CocoAnnotationFields,
    CocoAnnotationsCut,
    CocoBboxMalformed,
    CocoIdType,
    CocoImageFields,
    CocoImageFileMissing,
    CocoOrphanImageId,
    CocoRleNegativeCount,
    CocoRleStringInvalid,
    CocoTopLevel,
)
from datastd.sources.coco.layout import NAMED, File, lay_out
from datastd.sources.coco.marks import SCHEMA
from datastd.sources.coco.places import found, with_masks
from datastd.sources.coco.splits import BESIDE, Split, videos
from datastd.sources.encoding import Utf8Invalid
from datastd.sources.files import (
    ending,
    glimpse,
    odd_entries,
    split_named,
    strays,
)
from datastd.sources.jsonl.defects import (
    JsonDuplicateKey,
    JsonLoneSurrogate,
    JsonNonfiniteNumber,
)
from datastd.sources.jsonl.whole import laid_out
from datastd.sources.pictures import Beside, Listed, Pictures, unlisted

ALONE = "annotations"
"""The option that says that the pictures are elsewhere."""

_HEAD = 64 << 10  # bytes in which a file shows what it is
_WHOLE = b'"images"', b'"file_name"', b'"height"'  # keys by which one of pictures shows it
_TRIED = 16  # files that are asked what they are
_CLASSES = {
    "key": pl.String, "origin": pl.String, "split": pl.String, "file": pl.String,
    "class_name": pl.String, "samples": pl.Int64, "category": pl.Int64,
    "supercategory": pl.String, "keypoints": pl.Int64, "points": pl.String, "edges_off": pl.Int64,
    "isthing": pl.Int64,
}  # fmt: skip


class Coco(Pictures):
    """
    Pictures and what is in them, in COCO's layout.

    Reads ``.json`` files of instances, keypoints, captions and results, anywhere in the folder,
    and the pictures that they list.  A sample is a picture, its annotations are its objects and
    captions, by their ids, those of results by their number in the list.  A split is what a
    file's name says, or a folder's: train, val or test; else ``data``.  Several files of one
    split are put together (`Split`): a picture that they list alike is one sample with the
    annotations of all of them, named ``1.17`` where they are of the second file, in the order of
    the files' names.  A picture that lists have several times is several samples, of which the
    second has ``#1`` behind its path as its key.  Where a picture's file is looked for,
    `CocoImageFileMissing` says.

    With ``--format coco:annotations`` the pictures are elsewhere: no pixel is read, pictures that
    lie in the folder are not looked at, and samples are those of the lists.

    Columns beside those of pictures: ``image_id``, ``file_name``, ``listed_in`` (the file of
    annotations), ``stated_video`` (`videos`).

    Source:
        cocodataset.org, "Data format"; Lin et al. 2014, arXiv:1405.0312.
    """

    format: ClassVar[str] = "coco"
    options: ClassVar[tuple[str, ...]] = (ALONE,)
    columns: ClassVar[tuple[str, ...]] = (
        *Pictures.columns, "image_id", "file_name", "listed_in", "stated_video",
    )  # fmt: skip
    annotates: ClassVar[tuple[str, ...]] = tuple(
        name for name, kind in SCHEMA.items()
        if name not in {"row", "annotation"} and not kind.is_nested()
    )  # fmt: skip
    lists: ClassVar[tuple[str, ...]] = tuple(_CLASSES)
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *Pictures.kinds, CocoTopLevel, CocoImageFields, CocoAnnotationFields, CocoIdType,
        CocoBboxMalformed, CocoRleNegativeCount, CocoRleStringInvalid, CocoOrphanImageId,
        CocoImageFileMissing, CocoAnnotationsCut, JsonDuplicateKey, JsonNonfiniteNumber,
        JsonLoneSurrogate, Utf8Invalid,
    )  # fmt: skip

    def __init__(self, tree: Tree, more: Sequence[str] = ()) -> None:
        super().__init__(tree, more)
        self._splits: dict[str, Split] = {}
        self._rows: dict[str, NDArray[np.int64]] = {}

    @classmethod
    def of(cls, tree: Tree, options: Sequence[str] = ()) -> Self:
        if ALONE not in options:
            return cls(tree, options)
        from datastd.sources.coco.alone import CocoAlone  # noqa: PLC0415  -- it is one of these

        return CocoAlone.of(tree, options)  # type: ignore[return-value]

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(_looks_right(tree, path) for path in named(tree)[:_TRIED])

    def plan(self) -> Plan:
        if self._plan is None:
            plan = super().plan()
            parts = (part for one in plan.shards for part in self._parted(one))
            self._plan = replace(plan, shards=tuple(parts))
        return self._plan

    def _parted(self, shard: Shard) -> Iterator[Shard]:
        """Cut a shard into some whose annotations are not too many to be sent to a worker."""
        split, rows = self._splits[shard.path], self._rows[shard.path][shard.start : shard.stop]
        until = np.cumsum(np.minimum(split.until[rows + 1] - split.until[rows], BESIDE))
        begin, count = 0, len(rows)
        while begin < count:
            before = int(until[begin - 1]) if begin else 0
            end = max(int(np.searchsorted(until, before + BESIDE, "right")), begin + 1)
            yield replace(shard, start=shard.start + begin, stop=shard.start + end)
            begin = end

    def listing(self, findings: Findings) -> Mapping[str, Listed]:
        files = self._files(findings, alone=False)
        listed, keys = dict[str, Listed](), set[str]()
        for name, split in self._splits.items():
            rows, paths = self._there(split, findings)
            if not rows:
                continue
            sides = split.width[rows].tolist(), split.height[rows].tolist()
            every = Listed(paths, [None] * len(rows), *sides, apart(paths, keys))
            by_key = sorted(range(len(rows)), key=lambda one: every.keys[one].encode())
            self._rows[name] = np.array(rows, np.int64)[by_key]
            listed[name] = every.rows(by_key)
        known = {*files, *(path for one in listed.values() for path in one.paths)}
        expected = "a file of annotations, a picture that one lists, or a paper"
        findings.defects += unlisted(strays(self.tree, known, expected), files)
        return listed

    def _files(self, findings: Findings, *, alone: bool) -> list[str]:
        """Lay out all files, and put the splits together; give the files' paths."""
        paths = self.named()
        findings.defects += odd_entries(self.tree)
        by_split = dict[str, list[File]]()
        for path in paths:
            with findings:
                file = laid_out(self.tree, path, lay_out, CocoTopLevel)
                findings.defects += file.defects
                self.lost += file.lost
                by_split.setdefault(split_named(path), []).append(file)
        for name, files in by_split.items():
            split = Split.of_files(name, files, alone=alone)
            self._splits[name] = split
            findings.defects += split.strangers()
            self.lost += split.orphans.height
        return paths

    def named(self) -> list[str]:
        """Files that are laid out."""
        return named(self.tree)

    def _there(self, split: Split, findings: Findings) -> tuple[list[int], list[str]]:
        """The samples of a split that have a file, and these; the others are named."""
        every = np.arange(len(split))
        unsound = every[~split.sound]
        self.lost += len(unsound)
        _, wrong = split.pictures(self.tree, unsound[:NAMED])
        findings.defects += wrong.values()
        if left := len(unsound) - NAMED if len(unsound) > NAMED else 0:
            path = split.files[int(split.file[unsound[NAMED]])].path
            more = CocoImageFields(path, "", "sound pictures", f"{left} others", samples=left)
            findings.defects.append(more)
        rows, paths, missing = list[int](), list[str](), 0
        for number, file in enumerate(split.files):
            own = every[split.sound & (split.file == number)]
            names = split.called.gather(own).to_list()
            for row, name, files in zip(
                own.tolist(), names, found(self.tree, file.path, names), strict=True
            ):
                if len(files) == 1:
                    rows.append(row)
                    paths.append(files[0])
                    continue
                missing += 1
                if missing <= NAMED:
                    said = " and ".join(files[:2]) if files else f"{name}, which is not there"
                    findings.defects.append(
                        CocoImageFileMissing(file.path, "", "one file", said, split.key(row))
                    )
        self.lost += missing
        if missing > NAMED:
            left = missing - NAMED
            findings.defects.append(
                CocoImageFileMissing(
                    split.files[0].path, "", "a file for each", f"{left} others", samples=left
                )
            )
        return rows, paths

    def beside(self, path: str, rows: Sequence[int]) -> Beside:
        split = self._splits[path]
        samples = self._rows[path][np.array(rows, np.int64)]
        annotations, wrong = split.annotations(self.tree, samples, BESIDE)
        keys = self._listed[path].keys
        named = {place: one.under(keys[rows[place]]) for place, one in wrong.items()}
        columns: dict[str, Column] = {
            "image_id": split.id[samples],
            "file_name": split.called.gather(samples),
            "listed_in": split.listed_in(samples),
            "stated_video": videos(split.pictures(self.tree, samples)[0]),
        }
        return Beside(columns, annotations, named)

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        # Several pictures may be one file, of one split or of two.
        for path in {path: 0 for name, rows in kept.items() for path in self.paths_of(name, rows)}:
            to.take(self.tree, path)
        for name, rows in kept.items():
            self._splits[name].write(self.tree, self._rows[name][rows], to)

    def classes(self) -> pl.DataFrame | None:
        """
        The table of categories, as `Source.classes` has it; None where no file has a list.

        One that several files of a split list alike stands once: of one id and name, and of the
        same key points, if of any.  ``samples`` is how many annotations are of it; beside them
        ``file``, ``category`` (its id), ``supercategory``, ``keypoints`` (how many points it
        has), ``points`` (what they are called, a line each), ``edges_off`` (pairs in its skeleton
        that are no two of them) and ``isthing``.
        """
        self.plan()
        rows = [
            (f"{file.path}@category {n}", DATA, split.name, file.path, *one)
            for split in self._splits.values()
            for file in split.files
            for n, one in enumerate(file.categories.rows())
        ]
        if not rows:
            return None
        alike = ["split", "category", "class_name"]
        known = pl.col("points").max().over(*alike)
        pointed = pl.when(pl.col("keypoints") > 0).then("points").otherwise(known)
        every = pl.DataFrame(rows, _CLASSES, orient="row").with_columns(
            again=pl.int_range(pl.len()).over("file", *alike), points=pointed
        )
        first = pl.col("key", "origin", "file", "supercategory", "isthing").first()
        of_all = pl.col("samples").sum(), pl.col("keypoints", "edges_off").max()
        once = every.group_by(*alike, "points", "again", maintain_order=True).agg(first, *of_all)
        return once.select(*_CLASSES)


def apart(paths: Sequence[str], taken: set[str]) -> list[str]:
    """
    Keys of pictures, of which several may be one file; those that are given are *taken*.

    >>> apart(["a.png", "b.png", "a.png"], {"b.png"})
    ['a.png', 'b.png#1', 'a.png#1']
    """
    keys = list[str]()
    for path in paths:
        spare = (f"{path}#{number}" for number in itertools.count(1))
        keys.append(path if path not in taken else next(one for one in spare if one not in taken))
        taken.add(keys[-1])
    return keys


def named(tree: Tree) -> list[str]:
    """Files that hold annotations, or should."""
    return ending(tree, ".json")


def _looks_right(tree: Tree, path: str) -> bool:
    """Say whether a file begins as those of this format do."""
    head = glimpse(tree, path, _HEAD)
    if b'"segments_info"' in head or path in with_masks(tree):  # panoptic
        return False
    if head.lstrip()[:1] == b"[":
        is_whole = all(name in head for name in _WHOLE)  # in a list where an object should be
        return is_whole or (b'"image_id"' in head and (b'"score"' in head or b'"caption"' in head))
    return (b'"images"' in head and (b'"file_name"' in head or b'"annotations"' in head)) or (
        b'"annotations"' in head and b'"image_id"' in head
    )
