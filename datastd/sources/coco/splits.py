"""The pictures of a split, put together from all files that list them, with their annotations."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.names import portable
from datastd.quiet import utf8
from datastd.records.coco import CocoImage
from datastd.sources import Defect
from datastd.sources.coco import judge
from datastd.sources.coco.anew import written
from datastd.sources.coco.defects import (
    CocoAnnotationsCut,
    CocoOrphanImageId,
    CocoTopLevel,
)
from datastd.sources.coco.fields import read
from datastd.sources.coco.layout import NAMED, File
from datastd.sources.coco.marks import FIELDS, SCHEMA, Known, frame, nothing, sound
from datastd.sources.encoding import Numbers

_VIDEOS = b'"video_id"', b'"video"', b'"scene"'

MOST = 256 << 20
"""Bytes that the annotations of one picture may take."""

BESIDE = 32 << 20
"""Likewise, where a worker takes them with the pixels."""

RUN = 32 << 20
"""Bytes of annotations that are read together."""


class Hash(Protocol):
    """What takes bytes."""

    def update(self, data: memoryview, /) -> None: ...


@dataclass(slots=True)
class Split:
    """
    The samples of a split: N pictures, in the order of the files that list them.

    What several files list under one id, by one name and with the same sides, is one picture, and
    has the annotations of all of them.  An annotation is of a picture that its own file lists;
    one of a file that lists none, such as results, of whichever has its id.  Where a list has an
    id twice, annotations are of the last.

    Attributes:
        name: The split.
        files: Its files.
        file: The number of the file that lists each; shape (N,).
        place: What number it has there; -1 where results alone name it.
        id: What annotations call it.
        width: In pixels, 0 where nothing says so.
        height: Likewise.
        called: Its file, as the list says.
        sound: Whether it is one.
        first: Where its annotations begin in the next two, and where all end; shape (N + 1,).
        of: The number of the file of each annotation; shape (M,).
        mark: Its number there.
        known: What is known of categories, by file.
        orphans: Annotations of no picture: the file, how many, the first, and what it names.
        until: How many bytes annotations take of all samples before each; shape (N + 1,).
        rows: Of each file, the sample that each picture of its list is.
        cut: Whether annotations of each may be missing; shape (N,).
    """

    name: str
    files: Sequence[File]
    file: Numbers
    place: Numbers
    id: Numbers
    width: Numbers
    height: Numbers
    called: pl.Series
    sound: NDArray[np.bool_]
    first: Numbers
    of: NDArray[np.int16]
    mark: NDArray[np.int32]
    known: Sequence[Known]
    orphans: pl.DataFrame
    until: Numbers
    rows: Sequence[Numbers]
    cut: NDArray[np.bool_]

    @classmethod
    def of_files(cls, name: str, files: Sequence[File], *, alone: bool) -> "Split":
        """
        Put a split together.

        Args:
            name: The split.
            files: Its files.
            alone: Whether pictures need no file: where no list names them, results do.
        """
        pictures = pl.concat([_listed(number, one) for number, one in enumerate(files)])
        if pictures.get_column("file").n_unique() > 1:
            merged = _merged(pictures)
        elif alone and all(one.is_list for one in files):
            merged = _named(files)
        else:
            merged = pictures.with_columns(row=pl.int_range(pl.len()))
        samples = merged.unique("row", keep="first", maintain_order=True)
        every = merged.filter("named")
        row = _Rows.of_files(files, every)
        counts = np.bincount(row.row, minlength=samples.height)
        first = np.concatenate([[0], np.cumsum(counts)])
        size = np.concatenate([np.zeros(0, np.int64), *(one.marks.length for one in files)])
        known = [Known.of([one.categories]) for one in files]
        every_known = Known.of([one.categories for one in files])
        rows = [
            merged.filter((pl.col("file") == number) & (pl.col("place") >= 0))["row"].to_numpy()
            for number in range(len(files))
        ]
        return cls(
            name, files,
            **{
                column: samples.get_column(column).to_numpy()
                for column in ("file", "place", "id", "width", "height", "sound")
            },
            called=samples.get_column("called"), first=first, of=row.of, mark=row.mark,
            known=[one if len(one.id) else every_known for one in known],
            orphans=row.orphans,
            until=np.concatenate([[0], np.cumsum(size[row.order])])[first],
            rows=rows, cut=_cut(files, rows, samples.height),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.id)

    def key(self, row: int) -> str:
        """The key of a sample by the file that lists it."""
        number = int(self.file[row])
        base = int(np.searchsorted(self.file, number))
        return f"{self.files[number].path}#{row - base}"

    def listed_in(self, rows: Numbers) -> pl.Series:
        """The file that lists each of some pictures."""
        return pl.Series([one.path for one in self.files]).gather(self.file[rows])

    def marked(self) -> list[Numbers]:
        """Of each file the sample of each annotation; -1 for none."""
        row = np.repeat(np.arange(len(self)), np.diff(self.first))
        every = [np.full(len(one.marks), -1, np.int64) for one in self.files]
        for number, rows in enumerate(every):
            ours = self.of == number
            rows[self.mark[ours]] = row[ours]
        return every

    def write(self, tree: Tree, rows: Numbers, to: Draft) -> None:
        """Write the files of the split with these samples alone."""
        stays = np.zeros(len(self) + 1, np.bool_)  # the last is none
        stays[rows] = True
        for file, listed, marked in zip(self.files, self.rows, self.marked(), strict=True):
            images, marks = stays[listed], stays[marked]
            if images.all() and marks.all() and not file.defects:
                to.take(tree, file.path)
            elif images.any() or marks.any():
                to.put(file.path, written(tree, file, images, marks))

    def strangers(self) -> Iterator[Defect]:
        """Name pictures that annotations name and no list has."""
        for number, file in enumerate(self.files):
            here = self.orphans.filter(pl.col("file") == number)
            for _, image, count, mark in here.head(NAMED).rows():
                at = f"byte {file.marks.start[mark]}"
                found = f"{image}, of {count} annotation{'s' * (count > 1)}"
                yield CocoOrphanImageId(
                    file.path, at, "a picture of the list", found, f"{file.path}@{mark}"
                )
            if left := here.height - NAMED if here.height > NAMED else 0:
                found = f"{left} others"
                yield CocoOrphanImageId(file.path, "", "pictures of the list", found, samples=left)

    def pictures(self, tree: Tree, rows: Numbers) -> tuple[list[bytes], dict[int, Defect]]:
        """What the lists say of pictures; and what is wrong with those that are none, by place."""
        raw, wrong = [b""] * len(rows), dict[int, Defect]()
        listed = self.place[rows] >= 0
        for number in np.unique(self.file[rows[listed]]).tolist():
            here = np.flatnonzero(listed & (self.file[rows] == number))
            images = self.files[number].images
            place = self.place[rows[here]]
            path = self.files[number].path
            items = judge.read(tree, path, images.start[place], images.stop[place])
            for one, at in enumerate(here.tolist()):
                raw[at] = items.raw(one)
            odd = np.flatnonzero(~self.sound[rows[here]])
            keys = map(self.key, rows[here[odd]].tolist())
            named = items.every_wrong(odd, CocoImage, keys)
            wrong |= dict(zip(here[odd].tolist(), named, strict=True))
        return raw, wrong

    def annotations(
        self, tree: Tree, rows: Numbers, most: int, hashes: Sequence[Hash] = ()
    ) -> tuple[pl.DataFrame, dict[int, Defect]]:
        """
        Read the annotations of some pictures.

        Args:
            tree: The dataset's folder.
            rows: The numbers of the pictures.
            most: Bytes that the annotations of one may take.
            hashes: One for each; takes their bytes.

        Returns:
            The annotations, of which ``row`` is the place in *rows*; and what is wrong with
            pictures of which one is none, by place: theirs are left out.
        """
        frames, wrong = [nothing()], self._incomplete(rows)
        for begin, end in self._runs(rows, most, wrong):
            some = np.array([n for n in range(begin, end) if n not in wrong], np.int64)
            counts = self.first[rows[some] + 1] - self.first[rows[some]]
            owner = np.repeat(some, counts)
            ends = np.cumsum(counts)
            marks = np.arange(len(owner)) + np.repeat(
                self.first[rows[some]] - (ends - counts), counts
            )
            here = [
                self._of_file(tree, number, owner, marks, wrong, rows, hashes)
                for number in np.unique(self.of[marks]).tolist()
            ]
            frames += here if len(here) < 2 else [pl.concat(here).sort("row", maintain_order=True)]  # noqa: PLR2004
        whole = pl.concat(frames)
        if wrong:
            whole = whole.filter(~pl.col("row").is_in([*wrong]))
        return whole, wrong

    def _incomplete(self, rows: Numbers) -> dict[int, Defect]:
        """Name those of some pictures whose annotations may be missing, by place."""
        broken = " and ".join(one.path for one in self.files if one.cut)
        wrong = dict[int, Defect]()
        for one in np.flatnonzero(self.cut[rows]).tolist():
            key, path = self.key(int(rows[one])), self.files[int(self.file[rows[one]])].path
            expected, found = "all of its annotations", f"a list that does not end in {broken}"
            wrong[one] = CocoAnnotationsCut(path, "", expected, found, key)
        return wrong

    def _runs(
        self, rows: Numbers, most: int, wrong: dict[int, Defect]
    ) -> Iterator[tuple[int, int]]:
        """Pictures whose annotations are read together; those that have too many are named."""
        size = self.until[rows + 1] - self.until[rows]
        size[[*wrong]] = 0
        for one in np.flatnonzero(size > most).tolist():
            row = int(rows[one])
            path = self.files[int(self.file[row])].path
            wrong[one] = CocoTopLevel(
                path, "", f"at most {most >> 20} MiB of annotations", f"{size[one]} bytes",
                self.key(row),
            )  # fmt: skip
            size[one] = 0
        until = np.cumsum(size)
        begin = 0
        while begin < len(rows):
            before = int(until[begin - 1]) if begin else 0
            end = max(int(np.searchsorted(until, before + RUN, "right")), begin + 1)
            yield begin, end
            begin = end

    def _of_file(  # noqa: PLR0913, PLR0917
        self, tree: Tree, number: int, owner: Numbers, marks: Numbers, wrong: dict[int, Defect],
        rows: Numbers, hashes: Sequence[Hash],
    ) -> pl.DataFrame:  # fmt: skip
        """Read those of the annotations that are in one file."""
        ours = self.of[marks] == number
        owner, mark = owner[ours], self.mark[marks[ours]].astype(np.int64)
        file = self.files[number]
        begin = file.marks.start[mark]
        items = judge.read(tree, file.path, begin, begin + file.marks.length[mark])
        made = read(items.line, items.places, items.stops, FIELDS)
        odd = np.flatnonzero(~sound(made, items, is_list=file.is_list))
        places, first = np.unique(owner[odd], return_index=True)
        new = ~np.isin(places, [*wrong])
        keys = map(self.key, rows[places[new]].tolist())
        named = items.every_wrong(odd[first[new]], file.record, keys)
        wrong |= dict(zip(places[new].tolist(), named, strict=True))
        if hashes:
            view, until = items.together(), np.append(0, np.cumsum(items.lengths))
            begins = np.flatnonzero(np.diff(owner, prepend=-1))  # those of a picture lie together
            ends = until[np.append(begins[1:], len(owner))] if len(owner) else begins
            spans = zip(owner[begins].tolist(), until[begins].tolist(), ends.tolist(), strict=True)
            for at, start, stop in spans:
                hashes[at].update(view[start:stop])
        found = frame(file, number, items, made, mark, self.known[number])
        return found.select(pl.Series("row", owner), *(name for name in SCHEMA if name != "row"))


def videos(raw: Sequence[bytes]) -> pl.Series:
    """
    What lists say of pictures, of which video or scene they are a frame; null where they do not.

    That is a string as ``video_id``, ``video`` or ``scene``; videos that are numbered may be
    numbered anew in every file.
    """
    return pl.Series([_video(one) for one in raw], dtype=pl.String)


def _video(raw: bytes) -> str | None:
    if not any(name in raw for name in _VIDEOS):
        return None
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):  # deeper than Python goes
        return None
    said = (fields.get(name.strip(b'"').decode()) for name in _VIDEOS)
    named = next((one for one in said if isinstance(one, str) and one.strip()), None)
    return None if named is None else utf8(named)


def _listed(number: int, file: File) -> pl.DataFrame:
    """The pictures of a file."""
    images = file.images
    return pl.DataFrame(
        {
            "file": np.full(len(images), number), "place": np.arange(len(images)),
            "id": images.id, "width": images.width, "height": images.height,
            "called": images.name, "named": images.named, "sound": images.sound,
        }
    )  # fmt: skip


def _cut(files: Sequence[File], rows: Sequence[Numbers], count: int) -> NDArray[np.bool_]:
    """Of which of so many samples annotations may be missing, by the *rows* that files list."""
    cut = np.zeros(count, np.bool_)
    for file, listed in zip(files, rows, strict=True):
        if file.cut:
            cut[listed if file.listed else slice(None)] = True
    return cut


def _merged(pictures: pl.DataFrame) -> pl.DataFrame:
    """The pictures of several files with the number of the sample that each is: ``row``."""
    alike = ["id", "width", "height", "file as it is looked for"]
    pictures = pictures.with_columns(portable(pictures["called"]).alias(alike[-1]))
    odd = pl.when("sound").then(0).otherwise(pl.int_range(1, pl.len() + 1))
    again = pictures.with_columns(odd=odd).with_columns(
        again=pl.int_range(pl.len()).over("file", *alike, "odd")
    )
    first = pl.col("at").min().over(*alike, "odd", "again")
    placed = again.with_row_index("at").with_columns(first=first)
    return placed.with_columns(row=pl.col("first").rank("dense") - 1)


def _named(files: Sequence[File]) -> pl.DataFrame:
    """Pictures that results name, where no list does: in the order of their ids, by file."""
    some, seen = [], np.zeros(0, np.int64)
    for number, one in enumerate(files):
        new = np.setdiff1d(one.marks.image[one.marks.known], seen)
        seen = np.union1d(seen, new)
        some.append(pl.DataFrame({"file": np.full(len(new), number), "id": new}))
    whole = pl.concat(some).with_columns(row=pl.int_range(pl.len()))
    none = pl.lit(0, pl.Int64)
    return whole.with_columns(
        place=pl.lit(-1, pl.Int64), width=none, height=none, called=pl.lit(None, pl.String),
        named=pl.lit(value=True), sound=pl.lit(value=True),
    )  # fmt: skip


class _Rows(NamedTuple):
    """
    The annotations of all files, by samples; shape (M,).

    Attributes:
        row: The sample of each, in order.
        of: The number of its file.
        mark: Its number there.
        order: Its number among those of all files.
        orphans: As `Split.orphans`.
    """

    row: Numbers
    of: NDArray[np.int16]
    mark: NDArray[np.int32]
    order: Numbers
    orphans: pl.DataFrame

    @classmethod
    def of_files(cls, files: Sequence[File], pictures: pl.DataFrame) -> "_Rows":
        """Find the sample of each annotation among *pictures*, which have ids."""
        rows, orphans = [], []
        for number, one in enumerate(files):
            own = pictures.filter(pl.col("file") == number) if one.listed else pictures
            row = _found(own, one)
            rows.append(row)
            orphans.append(_orphans(number, one, row))
        row = np.concatenate(rows)
        of = np.repeat(np.arange(len(files), dtype=np.int16), [len(one) for one in rows])
        mark = np.concatenate([np.arange(len(one), dtype=np.int32) for one in rows])
        order = np.argsort(row, kind="stable")
        order = order[np.searchsorted(row[order], 0) :]
        return cls(row[order], of[order], mark[order], order, pl.concat(orphans))


def _found(pictures: pl.DataFrame, file: File) -> Numbers:
    """The sample that each annotation of a file is of; -1 for none."""
    ids = pictures.get_column("id").to_numpy()
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    row = np.full(len(file.marks), -1, np.int64)
    if len(ids):
        place = np.searchsorted(ordered, file.marks.image, side="right") - 1
        is_one = file.marks.known & (place >= 0) & (ordered[place] == file.marks.image)
        samples = pictures.get_column("row").cast(pl.Int64).to_numpy()
        row[is_one] = samples[order[place[is_one]]]
    return row


def _orphans(number: int, file: File, row: Numbers) -> pl.DataFrame:
    """Pictures that annotations of a file name and nothing lists."""
    lost = np.flatnonzero((row < 0) & file.marks.known)
    frame_ = pl.DataFrame({"image": file.marks.image[lost], "mark": lost})
    each = frame_.group_by("image", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("count"), pl.col("mark").first()
    )
    return each.select(pl.lit(number, pl.Int64).alias("file"), "image", "count", "mark")
