"""The questions of some paragraphs, read: arrays of where things are, and no Python per answer."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import ValidationError

from datastd.records import Record, said
from datastd.records.squad import SquadAnswer, SquadQuestion
from datastd.records.words import found_there
from datastd.sources import Batch, Column, Defect, Shared, keys
from datastd.sources.encoding import Numbers
from datastd.sources.jsonl.defects import WRONG
from datastd.sources.jsonl.tape import (
    ARRAY,
    FALSE,
    NULL,
    NUMBER,
    OBJECT,
    STRING,
    TRUE,
    Tape,
    each,
)
from datastd.sources.squad.defects import SquadAnswerFields, SquadQaFields, SquadStructure
from datastd.sources.squad.layout import Layout

_NAMES = ("context", "qas", "id", "question", "answers", "plausible_answers", "is_impossible",
          "text", "answer_start")  # fmt: skip
_CONTEXT, _QAS, _ID, _QUESTION, _ANSWERS, _PLAUSIBLE, _FLAG, _TEXT, _START = range(9)
_DEEPEST = 6  # beyond the text of an answer
_SHORT = 256  # bytes

ABSENT, BOOLEAN, OTHER = range(3)
"""What ``is_impossible`` is, in the column ``flag``: not there (or null), a Boolean, or neither."""


@dataclass(frozen=True, slots=True)
class _Answers:
    """
    The answers of all questions, plausible ones too; shape (A,) each.

    Attributes:
        row: Their places on the tape.
        question: The number of the question of each.
        number: Its number in its list.
        plausible: Whether that is the list of plausible ones.
        text: The place of its text; -1 where there is none.
        start: That of where it begins.
        sound: Whether it is what `SquadAnswer` asks for.
    """

    row: Numbers
    question: Numbers
    number: Numbers
    plausible: NDArray[np.bool_]
    text: Numbers
    start: Numbers
    sound: NDArray[np.bool_]

    @classmethod
    def of(cls, tape: Tape, answers: Numbers, plausible: Numbers) -> "_Answers":
        """Those in lists, of which there is one per question; -1 is none."""
        owner = np.full(len(tape) + 1, -1, np.int64)
        is_plausible = np.zeros(len(tape) + 1, np.bool_)
        for lists in (answers, plausible):
            is_list = (lists >= 0) & (tape.kind[lists] == ARRAY)
            owner[lists[is_list]] = np.flatnonzero(is_list)
        is_plausible[plausible[plausible >= 0]] = True
        owner[-1] = -1
        row = np.flatnonzero(owner[tape.parent] >= 0)
        parent = tape.parent[row]
        begins = np.flatnonzero(np.diff(parent, prepend=-2))  # those of a list lie together
        lengths = np.diff(np.append(begins, len(row)))
        number = np.arange(len(row)) - np.repeat(begins, lengths)
        text, start = tape.members(row, _TEXT), tape.members(row, _START)
        sound = (tape.kind[row] == OBJECT) & (text >= 0) & (start >= 0)
        sound &= (tape.kind[text] == STRING) & (tape.kind[start] == NUMBER)
        sound &= tape.count[start] >= 0
        return cls(row, owner[parent], number, is_plausible[parent], text, start, sound)

    def rows(self, wanted: NDArray[np.bool_]) -> "_Answers":
        """Some of them."""
        return _Answers(
            self.row[wanted], self.question[wanted], self.number[wanted],
            self.plausible[wanted], self.text[wanted], self.start[wanted], self.sound[wanted],
        )  # fmt: skip


class Questions:
    """
    The questions of some paragraphs.

    Args:
        path: The file.
        layout: Where things are in it.
        line: Bytes of it.
        paragraphs: The numbers of the paragraphs.
        starts: Where each begins in the bytes.
    """

    def __init__(
        self, path: str, layout: Layout, line: bytes, paragraphs: Numbers, starts: Numbers
    ) -> None:
        self._path, self._layout, self._line = path, layout, line
        self._paragraphs, spans = paragraphs, layout.paragraphs
        self._starts, self._moved = starts, spans.start[paragraphs] - starts
        stops = starts + spans.stop[paragraphs] - spans.start[paragraphs]
        tape = self._tape = each(line, starts, stops, _NAMES, _DEEPEST)
        self._documents = np.flatnonzero(tape.parent < 0)
        self._contexts = tape.members(self._documents, _CONTEXT)
        lists = tape.members(self._documents, _QAS)
        self.rows = tape.within(lists)
        counts = tape.count[lists].astype(np.int64)
        self._firsts = np.cumsum([0, *counts.tolist()], dtype=np.int64)
        self._paragraph = np.repeat(np.arange(len(lists)), counts)
        self.numbers = (
            layout.first[paragraphs[self._paragraph]]
            + np.arange(len(self.rows)) - self._firsts[self._paragraph]
        )  # fmt: skip
        self._id, self._question, plausible, answers, self._flag = (
            tape.members(self.rows, key) for key in (_ID, _QUESTION, _PLAUSIBLE, _ANSWERS, _FLAG)
        )
        self._answers = _Answers.of(tape, answers, plausible)
        self._faults, self._unfit = self._faulty()
        is_sound = (tape.kind[self.rows] == OBJECT) & (self._faults < 0)
        for member in (self._id, self._question):
            is_sound &= (member >= 0) & (tape.kind[member] == STRING)
        is_sound &= (answers >= 0) & (tape.kind[answers] == ARRAY)
        is_sound &= (plausible < 0) | (tape.kind[plausible] == ARRAY)
        bad = ~self._answers.sound
        self._first_bad = np.full(len(self.rows), -1, np.int64)
        self._first_bad[self._answers.question[bad][::-1]] = self._answers.row[bad][::-1]
        is_sound &= self._first_bad < 0
        self.sound = is_sound & ~self._unfit[self._paragraph]

    def _faulty(self) -> tuple[Numbers, NDArray[np.bool_]]:
        """Of each question the place of what is faulty in it, or -1; and paragraphs that are."""
        tape = self._tape
        faults = np.full(len(self.rows), -1, np.int64)
        unfit = ~self._layout.sound[self._paragraphs]
        for row in np.flatnonzero(tape.fault)[::-1].tolist():
            one = int(np.searchsorted(self.rows, row, side="right")) - 1
            if one >= 0 and tape.start[row] <= tape.stop[self.rows[one]]:
                faults[one] = row
            else:
                unfit[np.searchsorted(self._documents, row, side="right") - 1] = True
        return faults, unfit

    def defects(self, start: int, stop: int) -> Iterator[Defect]:
        """Name the questions, of these numbers, that cannot be read."""
        named = -1
        for one in np.flatnonzero(~self.sound).tolist():
            number, paragraph = int(self.numbers[one]), int(self._paragraph[one])
            if not start <= number < stop:
                continue
            if not self._unfit[paragraph]:
                yield self._wrong(one, f"{self._path}#{number}")
            elif paragraph != named:
                named = paragraph
                last = int(self._layout.first[self._paragraphs[paragraph] + 1])
                yield self._without(paragraph, number, min(last, stop) - number)

    def silent(self) -> Iterator[Defect]:
        """Name the paragraphs that cannot be read, and have no question that is lost by it."""
        tape, asked = self._tape, {*self._paragraph.tolist()}
        lists = tape.parent[tape.key == _QAS]
        for paragraph in np.flatnonzero(self._unfit).tolist():
            is_named = np.count_nonzero(lists == self._documents[paragraph]) > 1  # as `Layout` is
            if not is_named and paragraph not in asked:
                found = self._without(paragraph, 0, 0)
                yield SquadStructure(self._path, found.at, found.expected, found.found)

    def _without(self, paragraph: int, number: int, samples: int) -> Defect:
        """What is wrong with a paragraph whose questions are lost."""
        tape, document = self._tape, int(self._documents[paragraph])
        key = f"{self._path}#{number}"
        context = int(self._contexts[paragraph])
        if not self._layout.sound[self._paragraphs[paragraph]]:
            at = tape.start[context if context >= 0 else document]
            found = "another value" if context >= 0 else "none"
            expected = "a string as context"
            return SquadStructure(self._path, self._at(at), expected, found, key, samples)
        row = next(
            row for row in (document, context, *np.flatnonzero(tape.fault).tolist())
            if tape.fault[row] and row >= document
        )  # fmt: skip
        kind, expected, found = WRONG[int(tape.fault[row])]
        return kind(self._path, self._at(tape.fault_at[row]), expected, found, key, samples)

    def _wrong(self, one: int, key: str) -> Defect:
        """What is wrong with a question: as JSON, or in Pydantic's words."""
        tape, fault = self._tape, int(self._faults[one])
        if fault >= 0:
            kind, expected, found = WRONG[int(tape.fault[fault])]
            return kind(self._path, self._at(tape.fault_at[fault]), expected, found, key)
        bad = int(self._first_bad[one])
        row = bad if bad >= 0 else int(self.rows[one])
        what = SquadAnswerFields if bad >= 0 else SquadQaFields
        record = SquadAnswer if bad >= 0 else SquadQuestion
        content = tape.raw(self._line, row)
        expected, found = (_asked if len(content) > _SHORT else _asked_once)(record, content)
        return what(self._path, self._at(tape.start[row]), expected, found, key)

    def _at(self, place: int) -> str:
        paragraph = np.searchsorted(self._starts, place, side="right") - 1
        return f"byte {place + self._moved[paragraph]}"

    def spans(self) -> tuple[Numbers, Numbers]:
        """Where each begins and ends in the file."""
        moved = self._moved[self._paragraph]
        return self._tape.start[self.rows] + moved, self._tape.stop[self.rows] + moved

    def batch(self, wanted: Numbers) -> Batch:
        """The questions of these places among all, which are sound, in that order."""
        tape, line = self._tape, self._line
        rows, paragraph = self.rows[wanted], self._paragraph[wanted]
        fit = np.where(self._unfit, -1, self._contexts)
        contexts = tape.strings(line, fit)
        own = [sha256(tape.raw(line, row)).digest() if row >= 0 else b"" for row in fit.tolist()]
        view = memoryview(line)
        spans = zip(
            tape.start[rows].tolist(), tape.stop[rows].tolist(), paragraph.tolist(), strict=True
        )
        digests = [sha256(own[which] + view[start:stop]).digest() for start, stop, which in spans]
        answers = self._answers.rows(self._answers.sound)
        of = [
            np.bincount(answers.question[answers.plausible == is_so], minlength=len(self.rows))
            for is_so in (False, True)
        ]
        flag = np.where(self._flag < 0, NULL, tape.kind[self._flag])[wanted]
        kinds = np.select(
            [flag == NULL, (flag == TRUE) | (flag == FALSE)], [ABSENT, BOOLEAN], OTHER
        )
        impossible = pl.Series(flag == TRUE)
        article = self._layout.article[self._paragraphs[paragraph]]
        columns: dict[str, Column] = {
            "text": tape.strings(line, self._question[wanted]),
            "context": Shared(contexts, paragraph),
            "id": tape.strings(line, self._id[wanted]),
            "title": self._layout.titles.gather(article),
            "version": pl.repeat(self._layout.version, len(wanted), dtype=pl.String, eager=True),
            "answers": of[False][wanted],
            "plausible": of[True][wanted],
            "flag": kinds,
            "impossible": impossible.set(pl.Series(kinds != BOOLEAN), None),
            "digest": pl.Series(digests, dtype=pl.Binary),
        }
        return Batch(
            keys(self._path, self.numbers[wanted]), columns,
            annotations=self._annotations(answers, wanted),
        )  # fmt: skip

    def _annotations(self, answers: _Answers, wanted: Numbers) -> pl.DataFrame:
        """The answers of the questions of these places, in their order."""
        place = np.full(len(self.rows), -1, np.int64)
        place[wanted] = np.arange(len(wanted))
        here = answers.rows(place[answers.question] >= 0)
        row = place[here.question]
        number = pl.Series(here.number).cast(pl.String)
        plausible = pl.Series(here.plausible)
        name = pl.select(pl.when(plausible).then(pl.lit("plausible") + number).otherwise(number))
        frame = pl.DataFrame(
            {
                "row": row,
                "annotation": name.to_series(),
                "plausible": plausible,
                "start": self._tape.count[here.start].astype(np.int64),
                "text": self._tape.strings(self._line, here.text),
            }
        )
        in_order = len(row) < 2 or bool((np.diff(row) >= 0).all())  # noqa: PLR2004
        return frame if in_order else frame.sort("row", maintain_order=True)


def _asked(record: type[Record], content: bytes) -> tuple[str, str]:
    """What a record asks for and what is there instead, in Pydantic's words."""
    try:
        record.model_validate_json(content)
    except ValidationError as error:
        every = error.errors(include_url=False, include_context=False)
        first = next((one for one in every if one["loc"][:1] != ("is_impossible",)), every[0])
        name = ".".join(map(str, first["loc"]))
        if first["type"] == "missing":
            return f"a value as {name}", "none"
        words = said(first["type"], first["msg"]) + (f" as {name}" if name else "")
        return words, found_there(first["type"], first["input"], "values")
    return f"what {record.__name__} asks for", "another value"


_asked_once = functools.lru_cache(1 << 10)(_asked)
"""As `_asked`, of short ones: many are alike."""
