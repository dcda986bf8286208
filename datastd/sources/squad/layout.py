"""Where the questions of a file lie: found in one pass over it, before one of them is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.disk import Tree
from datastd.draft import pieces_of
from datastd.sources import Defect
from datastd.sources.encoding import Numbers
from datastd.sources.jsonl.defects import WRONG
from datastd.sources.jsonl.tape import ARRAY, OBJECT, STRING, Tape, whole
from datastd.sources.squad.defects import SquadStructure

_NAMES = ("version", "data", "title", "paragraphs", "context", "qas")
_VERSION, _DATA, _TITLE, _PARAGRAPHS, _CONTEXT, _QAS = range(6)
_DEEPEST = 6  # beyond a context, and a list of questions
_OUTSIDE = 3  # no deeper than a title, or a list of paragraphs
_SAYS = {OBJECT: "an object", ARRAY: "a list", STRING: "a string"}


@dataclass(frozen=True, slots=True)
class Spans:
    """
    Where values are in the file, and where lists in them are; int64, shape (N,) each.

    Attributes:
        start: Where each begins.
        stop: Where it ends; 0 where the file ends before.
        opens: Where the list in it begins.
        closes: Where that ends; 0 where the file ends before.
    """

    start: Numbers
    stop: Numbers
    opens: Numbers
    closes: Numbers

    @classmethod
    def none(cls) -> "Spans":
        """Those of nothing."""
        return cls(*np.zeros((4, 0), np.int64))


@dataclass(slots=True)
class Layout:
    """
    One file, as far as it could be read.

    Attributes:
        version: What it says of its layout; empty where it says nothing.
        root: The file itself, and its list of articles; none where it has no such list.
        articles: Those with a list of paragraphs.
        titles: What they are called, empty where nothing says so.
        paragraphs: Those with a list of questions.
        article: Of each of these the number of its article.
        sound: Whether it has a context.
        first: The number of its first question, and of all of them at the end; shape (N + 1,).
        lost: Questions of a paragraph that the file breaks off in, and of lists that another
            of their paragraph hides.
        defects: What cannot be read.
    """

    version: str = ""
    root: Spans | None = None
    articles: Spans = field(default_factory=Spans.none)
    titles: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.String))
    paragraphs: Spans = field(default_factory=Spans.none)
    article: Numbers = field(default_factory=lambda: np.zeros(0, np.int64))
    sound: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    first: Numbers = field(default_factory=lambda: np.zeros(1, np.int64))
    lost: int = 0
    defects: list[Defect] = field(default_factory=list)

    def runs(self, size: int) -> Iterator[tuple[int, int]]:
        """Group paragraphs that lie in about so many bytes: the first, and that after the last."""
        begin, total = 0, len(self.sound)
        while begin < total:
            fits = np.searchsorted(self.paragraphs.stop, self.paragraphs.start[begin] + size)
            end = min(max(int(fits), begin + 1), total)
            while end < total and self.first[end] == self.first[begin]:
                end += 1  # without a question there is nothing to read
            yield begin, end
            begin = end


def lay_out(tree: Tree, path: str) -> Layout:
    """
    Find where the questions of a file lie.

    Raises:
        OSError: It cannot be read.
    """
    found = whole(
        pieces_of(tree, path), _NAMES, _DEEPEST, unjudged="paragraphs", told=("version", "title")
    )
    tape, layout = found.tape, Layout()
    reader = _Reader(path, tape, layout.defects)
    reader.faults()
    if found.at is not None:
        layout.defects.append(SquadStructure(path, f"byte {found.at}", "JSON", "what is none"))
    top = np.flatnonzero(tape.parent < 0)
    roots = reader.keep(top, OBJECT)
    version = reader.keep(tape.members(roots, _VERSION), STRING, roots, "version")
    layout.version = "".join(found.said.get(row, "") for row in version.tolist())
    lists = reader.keep(tape.members(roots, _DATA), ARRAY, roots, "data")
    if not len(lists):
        return layout
    layout.root = reader.spans(roots, lists)
    articles = reader.keep(tape.within(lists), OBJECT)
    titles = tape.members(articles, _TITLE)
    reader.keep(titles, STRING, articles, "title")
    lists = reader.keep(tape.members(articles, _PARAGRAPHS), ARRAY, articles, "paragraphs")
    has = np.isin(articles, tape.parent[lists])
    layout.articles = reader.spans(articles[has], lists)
    said = [found.said.get(row, "") for row in titles[has].tolist()]
    layout.titles = pl.Series(said, dtype=pl.String)
    every = tape.within(lists)
    paragraphs = reader.keep(every, OBJECT)
    qas = tape.members(paragraphs, _QAS)
    reader.keep(qas, ARRAY, paragraphs, "qas")
    layout.lost = reader.hidden(paragraphs, qas, _QAS)
    is_list = (qas >= 0) & (tape.kind[qas] == ARRAY)
    paragraphs, qas = paragraphs[is_list], qas[is_list]
    cut = tape.stop[paragraphs] == 0
    layout.lost += int(tape.count[qas[cut]].sum())
    paragraphs, qas = paragraphs[~cut], qas[~cut]
    context = tape.members(paragraphs, _CONTEXT)
    layout.sound = (context >= 0) & (tape.kind[context] == STRING)
    layout.paragraphs = reader.spans(paragraphs, qas)
    layout.article = np.searchsorted(lists, tape.parent[paragraphs])
    layout.first = np.cumsum([0, *tape.count[qas].tolist()], dtype=np.int64)
    if not (layout.first[-1] or layout.lost or layout.defects):
        layout.defects.append(SquadStructure(path, "", "a question", "none in all of the file"))
    return layout


@dataclass(frozen=True, slots=True)
class _Reader:
    """
    Judges what lies on a tape.

    Attributes:
        path: The file.
        tape: What is in it.
        defects: Takes what is not what it has to be.
    """

    path: str
    tape: Tape
    defects: list[Defect]

    def faults(self) -> None:
        """Name what is wrong outside of paragraphs, and ends no reading."""
        for row in np.flatnonzero(self.tape.fault).tolist():
            if self._level(row) <= _OUTSIDE:
                _, expected, said = WRONG[int(self.tape.fault[row])]
                at = f"byte {self.tape.fault_at[row]}"
                self.defects.append(SquadStructure(self.path, at, expected, said))

    def _level(self, row: int) -> int:
        level = 0
        while row > 0 and (row := int(self.tape.parent[row])) >= 0:
            level += 1
        return level

    def keep(
        self, rows: Numbers, kind: int, owners: Sequence[int] | Numbers = (), name: str = ""
    ) -> Numbers:
        """Those of a kind; the others are named, as are *owners* that have none."""
        is_one = (rows >= 0) & (self.tape.kind[rows] == kind)
        for place in np.flatnonzero(~is_one).tolist():
            row = int(rows[place])
            at = self.tape.start[row if row >= 0 else owners[place]]
            found = "another value" if row >= 0 else "none"
            expected = f"{_SAYS[kind]} as {name}" if name else _SAYS[kind]
            self.defects.append(SquadStructure(self.path, f"byte {at}", expected, found))
        kept: Numbers = rows[is_one]
        return kept

    def hidden(self, owners: Numbers, last: Numbers, key: int) -> int:
        """Name lists that another one under the same *key* hides; say what was in them."""
        under = np.flatnonzero(self.tape.key == key)
        ours = under[np.isin(self.tape.parent[under], owners) & ~np.isin(under, last)]
        for row in ours.tolist():
            at = f"byte {self.tape.start[row]}"
            self.defects.append(SquadStructure(self.path, at, "qas once", "another behind it"))
        return int(self.tape.count[ours[self.tape.kind[ours] == ARRAY]].sum())

    def spans(self, rows: Numbers, lists: Numbers) -> Spans:
        """Where values and the lists in them are."""
        start, stop = self.tape.start, self.tape.stop
        return Spans(start[rows], stop[rows], start[lists], stop[lists])
