"""Questions about texts, and the spans that answer them: SQuAD 1.1 and 2.0, and XQuAD."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import Draft
from datastd.sources import Batch, Defect, Findings, Plan, Shard, Source
from datastd.sources.encoding import Numbers, Utf8Invalid
from datastd.sources.files import (
    COMMON,
    ending,
    glimpse,
    odd_entries,
    split_named,
    strays,
    unreadable,
)
from datastd.sources.jsonl.defects import (
    JsonDuplicateKey,
    JsonLoneSurrogate,
    JsonNonfiniteNumber,
)
from datastd.sources.jsonl.whole import laid_out
from datastd.sources.squad.anew import written
from datastd.sources.squad.defects import SquadAnswerFields, SquadQaFields, SquadStructure
from datastd.sources.squad.layout import Layout, lay_out
from datastd.sources.squad.questions import Questions

SHARD = 4 << 20  # bytes of a file in a shard
BATCH = 1 << 16  # questions of a batch: a paragraph may have any number
_HEAD = 64 << 10  # bytes in which a file shows what it is

_TRIED = 16  # files that are asked what they are


class Squad(Source):
    """
    Questions and answers in SQuAD's layout: ``.json`` files of articles and paragraphs.

    A sample is a question, its annotations are the answers: by the number that they have in
    their list, and ``plausible`` before it where that is the list of plausible answers.  All of
    a file is read through once before it is judged, to number the questions.  Columns: ``text``
    (the question), ``context``, ``id``, ``title``, ``version``, ``answers`` and ``plausible`` (how
    many), ``impossible`` (null where nothing says so), ``flag`` (what ``is_impossible`` is: 0
    for nothing, 1 for a Boolean, 2 for neither).  A split is what the file's name says, or a
    folder's: train, val (``dev`` too) or test; else ``data``.

    Source:
        Rajpurkar et al. 2016, arXiv:1606.05250, and 2018, arXiv:1806.03822; Artetxe et al. 2020,
        arXiv:1910.11856, for XQuAD.
    """

    format: ClassVar[str] = "squad"
    seeks: ClassVar[bool] = True
    columns: ClassVar[tuple[str, ...]] = (
        "text", "context", "id", "title", "version", "answers", "plausible", "flag", "impossible",
    )  # fmt: skip
    annotates: ClassVar[tuple[str, ...]] = ("plausible", "start")
    kinds: ClassVar[tuple[type[Defect], ...]] = (
        *COMMON, SquadStructure, SquadQaFields, SquadAnswerFields, JsonDuplicateKey,
        JsonNonfiniteNumber, JsonLoneSurrogate, Utf8Invalid,
    )  # fmt: skip

    def __init__(self, tree: Tree, *, shard: int = SHARD) -> None:
        super().__init__(tree)
        self._shard = shard
        self._layouts: dict[str, Layout] = {}
        self._plan: Plan | None = None

    @classmethod
    def recognises(cls, tree: Tree) -> bool:
        return any(_looks_right(tree, path) for path in ending(tree, ".json")[:_TRIED])

    def plan(self) -> Plan:
        if self._plan is None:
            self._plan = self._look()
        return self._plan

    def _look(self) -> Plan:
        findings, shards, lost = Findings(), list[Shard](), 0
        data = ending(self.tree, ".json")
        findings.defects += odd_entries(self.tree)
        findings.defects += strays(self.tree, data, "a name such as train.json, or a paper")
        for path in data:
            with findings:
                layout = laid_out(self.tree, path, lay_out, SquadStructure)
                self._layouts[path] = layout
                layout.defects += self._silent(path)
                findings.defects += layout.defects
                lost += layout.lost
                for begin, end in layout.runs(self._shard):
                    start, stop = int(layout.first[begin]), int(layout.first[end])
                    if start < stop:
                        shards.append(Shard(path, split_named(path), start, stop))
        tried = len(self.tree.stamps) + len(self.tree.oddities)
        return Plan(tuple(shards), tuple(findings.defects), tried, lost)

    def _silent(self, path: str) -> Iterator[Defect]:
        """
        Name what is wrong with paragraphs that no question is about.

        Raises:
            Defect: They can no longer be read.
        """
        layout = self._layouts[path]
        none = np.flatnonzero(np.diff(layout.first) == 0)
        sizes = (layout.paragraphs.stop - layout.paragraphs.start)[none]
        runs = np.flatnonzero(np.diff(np.cumsum(sizes) // self._shard)) + 1
        for some in np.split(none, runs) if len(none) else ():
            try:
                yield from self._questions(path, some, together=False).silent()
            except OSError as error:
                raise unreadable(path, error) from None

    def read(self, shard: Shard) -> Iterator[Batch | Defect]:
        self.plan()
        first = self._layouts[shard.path].first
        begin = int(np.searchsorted(first, shard.start, side="right")) - 1
        end = int(np.searchsorted(first, shard.stop, side="left"))
        some = self._questions(shard.path, np.arange(begin, end), together=True)
        yield from some.defects(shard.start, shard.stop)
        asked = (some.numbers >= shard.start) & (some.numbers < shard.stop)
        sound = np.flatnonzero(some.sound & asked)
        for at in range(0, len(sound), BATCH):
            yield some.batch(sound[at : at + BATCH])

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        self.plan()
        first = self._layouts[path].first
        if len(rows) and not 0 <= rows.min() <= rows.max() < first[-1]:
            msg = f"{path}: expected rows from 0 to {first[-1] - 1}, found {rows}"
            raise IndexError(msg)
        paragraphs = np.unique(np.searchsorted(first, rows, side="right") - 1)
        some = self._questions(path, paragraphs, together=False)
        places = np.searchsorted(some.numbers, rows)
        for number in rows[~some.sound[places]].tolist():
            raise next(some.defects(number, number + 1))
        return some.batch(places)

    def _questions(self, path: str, paragraphs: Numbers, *, together: bool) -> Questions:
        """The questions of some paragraphs, which may lie one after the other."""
        layout = self._layouts[path]
        starts, stops = layout.paragraphs.start[paragraphs], layout.paragraphs.stop[paragraphs]
        with self.tree.open(path) as descriptor:
            if together and len(paragraphs):
                base = int(starts[0])
                line = self.tree.read(descriptor, int(stops[-1]) - base, base)
                return Questions(path, layout, line, paragraphs, starts - base)
            pieces = [
                self.tree.read(descriptor, stop - start, start)
                for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
            ]
        begins = np.cumsum([0, *map(len, pieces)], dtype=np.int64)[:-1]
        return Questions(path, layout, b"".join(pieces), paragraphs, begins)

    def write(self, kept: Mapping[str, NDArray[np.int64]], to: Draft) -> None:
        self.plan()
        for path, rows in kept.items():
            layout = self._layouts[path]
            if len(rows) == layout.first[-1] and not layout.defects:
                to.take(self.tree, path)
            elif len(rows):
                to.put(path, written(self.tree, path, layout, rows, self._spans))

    def _spans(self, path: str, paragraph: int) -> tuple[Numbers, Numbers]:
        """Where the questions of a paragraph begin and end in the file."""
        some = self._questions(path, np.array([paragraph]), together=True)
        return some.spans()


def _looks_right(tree: Tree, path: str) -> bool:
    """Say whether a file begins as those of this format do."""
    head = glimpse(tree, path, _HEAD)
    return b'"data"' in head and (b'"paragraphs"' in head or b'"qas"' in head)
