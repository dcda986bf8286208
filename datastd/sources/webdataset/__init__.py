"""WebDataset: archives of members, of which those under one key are a sample."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.errors import UsageError
from datastd.records import columns
from datastd.sources import Defect, Findings, Plan, Shard
from datastd.sources.encoding import Utf8Invalid
from datastd.sources.files import (
    COMMON,
    NpyHeaderMissing,
    PicklePayload,
    TruncatedCompression,
    is_data,
    odd_entries,
    split_named,
    strays,
)
from datastd.sources.jsonl.defects import (
    JsonDuplicateKey,
    JsonlInvalidLine,
    JsonLoneSurrogate,
    JsonNonfiniteNumber,
)
from datastd.sources.streams import CODECS, Forward, codec_of, compressed
from datastd.sources.tabular import Rows, Tabular
from datastd.sources.tabular.defects import ArchivePathUnsafe
from datastd.sources.webdataset.defects import (
    DotInStem,
    DuplicateSuffix,
    HiddenMember,
    MemberUndecodable,
    NoncontiguousKey,
    ShardSampleCount,
    SuffixSetVaries,
    TarInvalid,
    TextAmbiguous,
    UnparsableMember,
)
from datastd.sources.webdataset.lists import stated
from datastd.sources.webdataset.samples import (
    CUT,
    HIDDEN,
    LARGE,
    NO_ARRAY,
    PICKLE,
    READ,
    UNPARSABLE,
    UNSAFE,
    Run,
    runs,
)
from datastd.sources.webdataset.tar import BLOCK, WINDOW
from datastd.sources.webdataset.values import TEXTS, said, wholes
from datastd.waiting import cores, each
from datastd.words import many

SHARD = 64 << 20  # bytes of a shard, where an archive can be cut
_SETS = 1000  # sets of suffixes that are counted, each of at most so many characters
_COPIED = 1 << 20  # bytes that are copied at once
UNEVEN = 2  # times the samples of the smallest archive, in the largest
_ARCHIVES = (".tar", ".tgz", ".tbz2", ".txz")
_OWN = ("text", "id", "label")  # of which other members say more than JSON
_DOTTED = "F045"
_TEXT = "text="  # before the member of the text, as an option
_KEYS = {"one": pl.UInt64, "other": pl.UInt64}

_OF_MEMBERS: Mapping[str, tuple[type[Defect], str, str]] = {
    UNSAFE: (ArchivePathUnsafe, "a file, and a name below the root", "another"),
    UNPARSABLE: (UnparsableMember, "a name such as 000.txt", "another"),
    HIDDEN: (HiddenMember, "names that nobody hides, nor leaves behind", "another"),
    PICKLE: (PicklePayload, "a member that need not be unpickled", "one that has to be"),
    NO_ARRAY: (NpyHeaderMissing, "the header of numpy in a .npy", "other bytes"),
    LARGE: (MemberUndecodable, "no more than a sample may have", "more"),
    CUT: (TruncatedCompression, "a gzip stream with its end", "another"),
    _DOTTED: (DotInStem, "one dot, behind the key", "more"),
}


@dataclass(slots=True)
class _Archive:
    """
    What one pass over an archive found.

    Attributes:
        path: The archive.
        places: Where shards begin, in bytes, by the number of their first sample.
        count: Samples in it.
        usual: The suffixes that most samples have.
        parts: Numbers of samples whose key other samples have too, in order.
        lost: Samples that reading ended in.
        defects: What is wrong with it as a whole, or with members in no sample.
    """

    path: str
    places: dict[int, int] = field(default_factory=lambda: {0: 0})
    count: int = 0
    usual: str = ""
    parts: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    lost: int = 0
    defects: list[Defect] = field(default_factory=list)

    def shards(self) -> Iterator[Shard]:
        """Cut it where places are known."""
        for start, stop in pairwise([*self.places, self.count]):
            if start < stop:
                yield Shard(self.path, split_named(self.path), start, stop)


class WebDataset(Tabular):
    """
    Archives of tar, plain or compressed: ``.tar``, ``.tgz``, ``.tar.gz``, ``.tar.zst``, ….

    A sample is a run of members with one key: what stands before the first dot of the
    name, below the folders.  Behind it stands the suffix.  Its record is made of

    - ``text``: the member ``txt``, or ``text``, or what stands under ``text`` in ``json``;
      of several, the one that the format names, ``webdataset:text=json``;
    - ``label``: the member ``cls``, a whole number;
    - ``id``: the key;
    - what stands in the member ``json`` under each name, where the members above say nothing.

    These four may be compressed, ``0.txt.gz``.  Other members, pictures and arrays, are
    named and counted.  Folders, and what WebDataset takes for its own, ``__meta__/``, are no
    members.  What may stand between two dots is named to the format, ``webdataset:seg,mask``.
    A list of how many samples archives have may lie beside them (see F046).
    A split is what the file's name says, or a folder's: train, val or test; else ``data``.

    Numbering the samples takes a pass over the headers, and 16 bytes for each sample of the
    archive.

    Source:
        WebDataset, tariterators.py; HF datasets, webdataset.py; POSIX.1-2017, pax.
    """

    format: ClassVar[str] = "webdataset"
    columns: ClassVar[tuple[str, ...]] = ("text", "separators")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, *Tabular.KINDS, ArchivePathUnsafe, TarInvalid, UnparsableMember, DuplicateSuffix,
        NoncontiguousKey, SuffixSetVaries, HiddenMember, DotInStem, ShardSampleCount,
        MemberUndecodable, TextAmbiguous, Utf8Invalid, JsonlInvalidLine, JsonDuplicateKey,
        JsonNonfiniteNumber, JsonLoneSurrogate,
    )  # fmt: skip

    def __init__(
        self, tree: Tree, *dotted: str, member: str = "", shard: int = SHARD, window: int = WINDOW
    ) -> None:
        super().__init__(tree)
        self._dotted, self._member = dotted, member
        self._shard, self._window = shard, window
        self._archives: dict[str, _Archive] = {}
        self._plan: Plan | None = None

    @classmethod
    def of(cls, tree: Tree, options: Sequence[str] = ()) -> Self:
        said = [one for one in options if one.startswith(_TEXT)]
        dotted = [one for one in options if one not in said]
        known = {f"{_TEXT}{one}" for one in TEXTS}
        if (
            any(not one or {*one} & {*"/="} for one in dotted)
            or not {*said[:1]} == {*said} <= known
        ):
            found = f"{cls.format}:{','.join(options)}"
            expected = "parts of suffixes, such as webdataset:seg,mask, or webdataset:text=txt"
            raise UsageError("--format", expected, found)
        return cls(tree, *dotted, member="".join(said[:1]).removeprefix(_TEXT))

    @property
    def member(self) -> str:
        """The suffix of the members that hold the texts, where the user named one."""
        return self._member

    @property
    def called(self) -> str:
        options = [*self._dotted, *([f"{_TEXT}{self._member}"] if self._member else [])]
        return f"{self.format}:{','.join(options)}" if options else self.format

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(_is_ours(path) for path in tree.stamps)

    def plan(self) -> Plan:
        if self._plan is None:
            data = [path for path in self.tree.stamps if _is_ours(path)]
            lists = stated(self.tree, data)
            expected = "a name such as x.tar, a list of how many samples there are, or a paper"
            defects = [*odd_entries(self.tree), *strays(self.tree, {*data, *lists}, expected)]
            for one in each(self._looked_at, data, jobs=cores(), stop=self.tree.stop):
                self._archives[one.path] = one
                defects += one.defects
            every = self._archives.values()
            defects += _uneven(every)
            defects += self._miscounted(lists)
            self._plan = Plan(
                tuple(shard for one in every for shard in one.shards()), tuple(defects),
                len(self.tree.stamps) + len(self.tree.oddities), sum(one.lost for one in every),
            )  # fmt: skip
        return self._plan

    def suffixes(self, path: str) -> frozenset[str]:
        """The suffixes of the members that most samples of an archive have."""
        self.plan()
        return frozenset(self._archives[path].usual.split(","))

    def _miscounted(self, lists: Mapping[str, Mapping[str, int]]) -> Iterator[Defect]:
        """Name archives that have another number of samples than a list says."""
        for place, counts in lists.items():
            for path, count in counts.items():
                found = self._archives[path].count + self._archives[path].lost
                if found != count:
                    expected = f"{many(count, 'sample')}, as {place} says"
                    yield ShardSampleCount(path, "", expected, f"{found}")

    def _looked_at(self, path: str) -> _Archive:
        """Go through the headers of an archive."""
        found, trouble, told = _Archive(path), Findings(), _Told(path, {*self._dotted, *READ})
        keys, sets = [pl.DataFrame(schema=_KEYS)], Counter[str]()
        with trouble:
            for run in runs(Forward(self.tree, path), path, trouble, window=self._window):
                samples = run.samples()
                found.lost += run.cut
                told.take(run)
                keys.append(samples.select(one=pl.col("key").hash(1), other=pl.col("key").hash(2)))
                for suffixes, count in (
                    samples.group_by("suffixes", maintain_order=True).len().rows()
                ):
                    if suffixes in sets or len(sets) < _SETS >= len(suffixes):
                        sets[suffixes] += count
                if codec_of(path) is None and samples.height:
                    first, at = samples.row(0)[0], samples.row(0)[2]
                    if at - [*found.places.values()][-1] >= self._shard:
                        found.places[first] = at
                found.count += samples.height
        found.parts = _again(pl.concat(keys).to_numpy())
        found.usual = sets.most_common(1)[0][0] if sets else ""
        found.defects += [*told.defects(), *trouble.defects]
        return found

    def rows(self, shard: Shard, wanted: Sequence[str] | None) -> Iterator[Rows | Defect]:
        for run in self._runs(shard, reading=True, whole=wanted is None):
            samples = run.samples()
            wrong = dict(self._wrong(shard.path, samples))
            yield from wrong.values()
            sound = samples.filter(~pl.col("sample").is_in([*wrong]))
            if sound.height:
                yield from self._records(shard.path, run, sound, wanted)

    def _runs(self, shard: Shard, *, reading: bool = False, whole: bool = False) -> Iterator[Run]:
        """Yield the samples of a shard in runs."""
        self.plan()
        content, start = Forward(self.tree, shard.path), self._archives[shard.path].places
        for run in runs(
            content, shard.path, Findings(), start=start[shard.start], first=shard.start,
            reading=reading, whole=whole, window=self._window,
        ):  # fmt: skip
            members = run.members.filter(pl.col("sample") < shard.stop)
            if members.height:
                yield Run(members, run.others)
            if members.height < run.members.height:
                return

    def _wrong(self, path: str, samples: pl.DataFrame) -> Iterator[tuple[int, Defect]]:
        """Name each sample that its members make none, whatever they hold."""
        archive = self._archives[path]
        is_part = np.isin(samples["sample"].to_numpy(), archive.parts)
        is_bad = pl.any_horizontal(
            pl.col("fault").is_not_null(), pl.col("twice").is_not_null(),
            pl.lit(pl.Series(is_part)), pl.col("suffixes") != archive.usual,
        )  # fmt: skip
        wanted = ("sample", "at", "key", "suffixes", "fault", "name", "twice", "part")
        bad = samples.with_columns(part=is_part).filter(is_bad)
        rows = zip(*(bad.get_column(name).to_list() for name in wanted), strict=True)
        for number, at, key, suffixes, fault, name, twice, part in rows:
            if fault:
                kind, expected, found = _OF_MEMBERS[fault]
                found = f"{found}: {name}"
            elif twice is not None:
                kind, expected, found = DuplicateSuffix, "each suffix once", f"{twice} twice"
            elif part:
                kind, expected, found = NoncontiguousKey, "the members of a key in a row", key
            else:
                kind, expected, found = SuffixSetVaries, archive.usual, suffixes
            yield number, kind(path, f"byte {at}", expected, found, f"{path}#{number}")

    def _records(
        self, path: str, run: Run, samples: pl.DataFrame, wanted: Sequence[str] | None
    ) -> Iterator[Rows | Defect]:
        """Yield samples as records, and those that can be none for what is in a member."""
        fields = [self.named(one) for one in columns(self.record)] if wanted is None else wanted
        others = [name for name in dict.fromkeys(fields) if name not in _OWN]
        read, there = said(run, others, self._member), {*samples.get_column("sample")}
        wrong = {bad.sample: bad for bad in read.wrong if bad.sample in there}
        for number, bad in sorted(wrong.items()):
            at, key = f"sample {number}: {bad.suffix}", f"{path}#{number}"
            yield bad.kind(path, at, bad.expected, bad.found, key)
        frame = samples.filter(~pl.col("sample").is_in([*wrong])).select("sample", "at", "key")
        if not frame.height:
            return
        frame = frame.join(read.frame, "sample", "left", maintain_order="left")
        found = {name: frame[f"{n}"] for n, name in enumerate(others)}
        found |= {"id": frame["key"], "text": frame["text"], "label": frame["label"]}
        begins, numbers = frame["at"].to_list(), frame["sample"].to_numpy()
        rows = Rows(
            numbers, pl.DataFrame(found), lambda row: f"byte {begins[row]}",
            dict.fromkeys([*others, "label"], "json"),
            {"separators": np.zeros(len(numbers), np.int64)},  # lines end no record
        )  # fmt: skip
        yield (
            rows
            if wanted is not None
            else self.whole(rows, wholes(run, rows.numbers.tolist(), self._member))
        )

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        for path, rows in kept.items():
            archive = self._archives[path]
            if len(rows) == archive.count and not archive.defects:
                to.take(self.tree, path)
            elif len(rows):
                to.put(path, compressed(path, self._written(path, rows)))

    def _written(self, path: str, rows: NDArray[np.int64]) -> Iterator[bytes]:
        """Yield an archive of these samples: their members and headers as they are."""
        content, begin, end = Forward(self.tree, path), 0, 0
        for shard in self.shards_with(path, rows):
            for run in self._runs(shard):
                some = run.members.filter(pl.col("sample").is_in(rows.tolist()))
                for at, stop in some.select("at", "stop").iter_rows():
                    if at != end:
                        yield from _copied(content, begin, end)
                        begin = at
                    end = stop
        yield from _copied(content, begin, end)
        yield bytes(2 * BLOCK)


def _again(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Numbers of the rows that another row is equal to, in order; of shape (N, 2)."""
    order = np.lexsort(keys.T)
    begins = np.ones(len(keys) + 1, np.bool_)
    begins[1:-1] = (keys[order[1:]] != keys[order[:-1]]).any(axis=1)
    return np.sort(order[~(begins[1:] & begins[:-1])])


class _Told:
    """Members of an archive that are told of together: the first of each kind, and how many."""

    def __init__(self, path: str, dotted: Collection[str]) -> None:
        self._path, self._dotted = path, dotted
        self._first: dict[str, tuple[int, str]] = {}
        self._count = Counter[str]()

    def take(self, run: Run) -> None:
        """Look at the members of a run."""
        others = run.others.filter(pl.col("fault") != CUT)
        middle = pl.col("suffix").str.replace(r"\.[^.]*$", "")
        odd = run.members.filter(
            pl.col("suffix").str.contains(".", literal=True), ~middle.is_in([*self._dotted])
        )
        for some in (others, odd.select("name", "at", fault=pl.lit(_DOTTED))):
            for fault, at, name, count in some.group_by("fault", maintain_order=True).agg(
                pl.col("at").first(), pl.col("name").first(), count=pl.len()
            ).rows():  # fmt: skip
                self._first.setdefault(fault, (at, "no UTF-8" if name is None else name))
                self._count[fault] += count

    def defects(self) -> Iterator[Defect]:
        """Name each kind once."""
        for fault, (at, name) in self._first.items():
            kind, expected, _ = _OF_MEMBERS[fault]
            more = f", and {self._count[fault] - 1} more" if self._count[fault] > 1 else ""
            yield kind(self._path, f"byte {at}", expected, f"{name}{more}")


def _uneven(archives: Iterable[_Archive]) -> Iterator[Defect]:
    """Name archives that have fewer than half the samples of the largest of their split."""
    largest: dict[str, _Archive] = {}
    for one in archives:
        known = largest.setdefault(split_named(one.path), one)
        if one.count > known.count:
            largest[split_named(one.path)] = one
    for one in archives:
        most = largest[split_named(one.path)]
        if most.count > UNEVEN * one.count:
            expected = f"at least half of the {most.count} samples of {most.path}"
            yield ShardSampleCount(one.path, "", expected, f"{one.count}")


def _copied(content: Forward, begin: int, end: int) -> Iterator[bytes]:
    """Yield the bytes of an archive from *begin* on up to *end*."""
    for at in range(begin, end, _COPIED):
        yield content.read(at, min(_COPIED, end - at))


def _is_ours(path: str) -> bool:
    """Say whether a file is an archive of members, by its name."""
    lower = path.lower()
    suffix = next((one for one in (*CODECS, ".zstd") if lower.endswith(one)), "")
    return lower.removesuffix(suffix).endswith(_ARCHIVES) and is_data(path)
