"""Records read: a batch of samples and their turns, and a defect for each that is none."""

import functools
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd import sha256
from datastd.kernels import kernel
from datastd.sources import Batch, Column, Defect
from datastd.sources.chat import forms, words
from datastd.sources.chat import turns as turns_
from datastd.sources.chat.defects import SHAPES
from datastd.sources.chat.forms import FORMS
from datastd.sources.chat.strings import as_lists, texts
from datastd.sources.chat.turns import SOUND, Places
from datastd.sources.chat.words import SPEAKERS
from datastd.sources.chat.wrong import Wrong, keys_to
from datastd.sources.encoding import Numbers, as_bytes, nulls
from datastd.sources.jsonl.defects import WRONG
from datastd.sources.jsonl.grammar import SYNTAX, TEXT
from datastd.sources.jsonl.scan import strings
from datastd.sources.jsonl.tape import ARRAY, FALSE, NULL, NUMBER, STRING, TRUE

COLUMNS = (
    "form", "forms", "turns", "calls", "instruction", "input", "system", "prompt", "response",
    "chosen", "rejected",
    "score_chosen", "score_rejected", "label", "tools", "images", "videos", "audios", "steps",
    "labels", "tagged",
)  # fmt: skip
"""What a batch has of each sample."""

FIELDS = (
    "side", "turn", "role", "speaker", "calls", "layout", "content", "others", "weight", "media",
    "answers", "called",
)  # fmt: skip
"""What a table of turns keeps of each."""

_SYSTEM, _PROMPT, _RESPONSE, _CHOSEN, _REJECTED, _TURNS, _CALLS = range(7)
_SIDES = ("", "chosen.", "rejected.")


class Records:
    """
    Records of a piece of a file.

    Args:
        piece: The bytes.
        starts: Where each begins.
        stops: Where it ends.
    """

    def __init__(self, piece: bytes, starts: Numbers, stops: Numbers) -> None:
        self._piece, self._starts, self._stops = piece, starts, stops
        laid = self._laid = forms.lay_out(piece, starts, stops)
        self._faults = self._faulty()
        self.sound = (laid.ends < 0) & (self._faults < 0) & (laid.fault == SOUND)

    def _faulty(self) -> Places:
        """Of each record the place of what is faulty in it as JSON, or -1."""
        laid = self._laid
        faults = np.full(len(laid.ends), -1, np.int32)
        bad = np.flatnonzero(laid.tape.fault != TEXT)[::-1]
        if len(bad):
            there = np.flatnonzero(laid.documents >= 0)
            owner = there[np.searchsorted(laid.documents[there], bad, side="right") - 1]
            faults[owner] = bad
        return faults

    def defect(self, path: str, row: int, key: str, at: Callable[[int], str]) -> Defect:
        """What is wrong with a record; *at* says where a byte of the piece is."""
        laid, fault = self._laid, int(self._faults[row])
        end = int(laid.ends[row])
        if end >= 0:
            kind, expected, found = WRONG[SYNTAX]
            if fault >= 0 and laid.tape.fault_at[fault] <= end:
                kind, expected, found = WRONG[int(laid.tape.fault[fault])]
                end = int(laid.tape.fault_at[fault])
            return kind(path, at(end), expected, found, key)
        if fault >= 0:
            kind, expected, found = WRONG[int(laid.tape.fault[fault])]
            where, place = keys_to(laid.tape, fault), int(laid.tape.fault_at[fault])
        else:
            kind = SHAPES[int(laid.fault[row])]
            place = int(laid.tape.start[laid.fault_at[row]])
            where, expected, found = Wrong(laid, row, self._piece, int(self._stops[row])).said()
        there = ": ".join(filter(None, (at(place), where)))
        return kind(path, there, expected, found, key)

    def batch(self, named: pl.Series, wanted: Numbers) -> Batch:
        """The records numbered so, which are sound and in order, under these keys."""
        laid, piece = self._laid, self._piece
        place = np.full(len(laid.ends), -1, np.int64)
        place[wanted] = np.arange(len(wanted))
        mine = place[laid.turns[:, turns_.ROW]] >= 0
        whole = bool(mine.all())
        turns = laid.turns if whole else laid.turns[mine]
        pieces, bounds = laid.pieces, laid.bounds
        if not whole:
            pieces, bounds = _some(pieces, bounds, np.flatnonzero(mine))
        kind = turns[:, turns_.SAYS]
        has_text = (kind == turns_.SAID) | (kind == turns_.PARTS)
        text = texts(piece, laid.tape, pieces, bounds, has_text)
        row = place[turns[:, turns_.ROW]]
        chosen = _chosen(turns, row, len(wanted))
        members = laid.members[wanted]

        def said(which: int) -> pl.Series:
            lacks = chosen[:, which] < 0
            if lacks.all():
                return nulls(len(lacks), pl.String)
            found = text[pl.Series(np.where(lacks, 0, chosen[:, which]).astype(np.uint32))]
            return found.set(pl.Series(lacks), None) if lacks.any() else found

        hashes = sha256.of_parts(piece, self._starts[wanted], self._stops[wanted])
        columns: dict[str, Column] = {
            "form": _FORM_NAMES[laid.form[wanted].astype(np.uint32)],
            "forms": laid.forms[wanted].astype(np.int64),
            "instruction": self._tasks(members, words.INSTRUCTION),
            "input": self._tasks(members, words.INPUT),
            "system": said(_SYSTEM),
            "prompt": said(_PROMPT),
            "response": said(_RESPONSE),
            "chosen": said(_CHOSEN),
            "rejected": said(_REJECTED),
            "score_chosen": self._numbers(members[:, words.SCORE_CHOSEN]),
            "score_rejected": self._numbers(members[:, words.SCORE_REJECTED]),
            "label": self._flags(members),
            "turns": chosen[:, _TURNS],
            "calls": chosen[:, _CALLS],
            "tools": self._tools(members),
            "tagged": np.asarray(members[:, words.CONVERSATIONS] >= 0),
            "steps": self._counts(members[:, words.COMPLETIONS], one=0),
            "labels": self._counts(members[:, words.LABELS], one=0),
            "images": self._counts(members[:, words.IMAGES]),
            "videos": self._counts(members[:, words.VIDEOS]),
            "audios": self._counts(members[:, words.AUDIOS]),
            "digest": as_bytes(hashes.ravel(), np.arange(len(wanted) + 1) * sha256.SIZE),
        }  # fmt: skip
        return Batch(named, columns, annotations=self._annotations(turns, row, text, mine))

    def _numbers(self, places: Places) -> pl.Series:
        """Numbers under a key; null where there is none."""
        none = nulls(len(places), pl.Float64)
        tape = self._laid.tape
        there = np.flatnonzero((places >= 0) & (tape.kind[places] == NUMBER))
        if not len(there):
            return none
        at = places[there].astype(np.int64)
        raw = strings(self._piece, tape.start[at], tape.stop[at], np.zeros(len(at), np.bool_))
        return none.scatter(there, raw.cast(pl.Float64))

    def _flags(self, members: Places) -> pl.Series:
        """The label of each; null where there is none."""
        tag = members[:, words.KTO_TAG]
        at = np.where(tag >= 0, tag, members[:, words.LABEL])
        if (at < 0).all():
            return nulls(len(at), pl.Boolean)
        kind = np.where(at >= 0, self._laid.tape.kind[at], NULL)
        flags = pl.Series(kind == TRUE)
        return flags.set(pl.Series((kind != TRUE) & (kind != FALSE)), None)

    def _counts(self, places: Places, one: int = 1) -> pl.Series:
        """How many values a list has; *one* for another value; null where there is none."""
        if (places < 0).all():
            return nulls(len(places), pl.Int64)
        tape = self._laid.tape
        kind = np.where(places >= 0, tape.kind[places], NULL)
        counts = np.where(kind == ARRAY, tape.count[places], one).astype(np.int64)
        return pl.Series(counts).set(pl.Series(kind == NULL), None)

    def _tools(self, members: Places) -> pl.Series:
        """Tools that are declared, as JSON: what a string says, or a list; null for none."""
        tape = self._laid.tape
        at = np.where(
            members[:, words.TOOLS] >= 0, members[:, words.TOOLS], members[:, words.FUNCTIONS]
        ).astype(np.int64)
        there = (at >= 0) & (tape.kind[at] != NULL)
        if not there.any():
            return nulls(len(at), pl.String)
        quoted = there & (tape.kind[at] == STRING)
        return strings(
            self._piece, np.where(there, tape.start[at], -1), tape.stop[at],
            tape.escaped[at] & quoted,
        )  # fmt: skip

    def _annotations(
        self, turns: Places, row: Numbers, text: pl.Series, mine: NDArray[np.bool_]
    ) -> pl.DataFrame:
        laid, count = self._laid, len(turns)
        side, turn = turns[:, turns_.SIDE], turns[:, turns_.TURN]
        calls, thoughts = (_of_some(one, mine) for one in (laid.calls, laid.thoughts))
        return pl.DataFrame(
            {
                "row": row,
                "annotation": _names(side, turn),
                "side": side.astype(np.int8),
                "turn": turn.astype(np.int64),
                "role": self._roles(turns),
                "speaker": turns[:, turns_.SPEAKER].astype(np.int8),
                "text": text,
                "calls": turns[:, turns_.CALLED].astype(np.int64),
                "layout": turns[:, turns_.LAYOUT].astype(np.int8),
                "content": turns[:, turns_.SAYS].astype(np.int8),
                "others": turns[:, turns_.OTHERS].astype(np.int64),
                "weight": turns[:, turns_.WEIGHS].astype(np.int8),
                "media": turns[:, turns_.SHOWS].astype(np.int64),
                "answers": self._strings(turns[:, turns_.ANSWERS]),
                "called": self._strings(turns[:, turns_.NAMED]),
                **self._called(calls, count),
                "thoughts": self._listed(thoughts, count),
            }
        )

    def _strings(self, places: Places) -> pl.Series:
        if not (places >= 0).any():
            return nulls(len(places), pl.String)
        at = np.where(self._laid.tape.kind[places] == STRING, places, -1).astype(np.int64)
        return self._laid.tape.strings(self._piece, np.where(places >= 0, at, -1))

    def _tasks(self, members: Places, key: int) -> pl.Series:
        """A field of tasks in Alpaca's form; null for other records."""
        is_task = members[:, words.INSTRUCTION] >= 0
        return self._strings(np.where(is_task, members[:, key], -1))

    def _roles(self, turns: Places) -> pl.Series:
        speaker = turns[:, turns_.SPEAKER]
        odd = np.flatnonzero(speaker == words.BY_ANOTHER)
        roles = _SPEAKER_NAMES[np.maximum(speaker, 0).astype(np.uint32)]
        if not len(odd):
            return roles
        return roles.scatter(odd, self._strings(turns[odd, turns_.SAID_BY]))

    def _called(self, calls: Places, count: int) -> dict[str, pl.Series]:
        """The calls of each turn: ids, names and arguments, which are JSON, as lists."""
        if not len(calls):
            none = nulls(count, pl.List(pl.String))
            return {"call_ids": none, "call_names": none, "call_arguments": none}
        tape, at = self._laid.tape, calls[:, 3].astype(np.int64)
        quoted = tape.kind[at] == STRING
        given = strings(self._piece, tape.start[at], tape.stop[at], tape.escaped[at] & quoted)
        offsets = np.searchsorted(calls[:, 0], np.arange(count + 1))
        return {
            "call_ids": as_lists(self._strings(calls[:, 1]), offsets),
            "call_names": as_lists(self._strings(calls[:, 2]), offsets),
            "call_arguments": as_lists(given, offsets),
        }

    def _listed(self, thoughts: Places, count: int) -> pl.Series:
        """What is thought in each turn, as lists."""
        if not len(thoughts):
            return nulls(count, pl.List(pl.String))
        offsets = np.searchsorted(thoughts[:, turns_.T_TURN], np.arange(count + 1))
        return as_lists(self._strings(thoughts[:, turns_.T_TEXT]), offsets)


def _of_some(beside: Places, mine: NDArray[np.bool_]) -> Places:
    """What is beside turns, whose numbers come first, of those that are *mine*, numbered anew."""
    if not len(beside):
        return beside
    number, beside = np.cumsum(mine) - 1, beside[mine[beside[:, 0]]]
    return np.column_stack([number[beside[:, 0]], beside[:, 1:]]).astype(np.int32)


_FORM_NAMES = pl.Series(FORMS, dtype=pl.String)
_SPEAKER_NAMES = pl.Series(SPEAKERS, dtype=pl.String)


def together(batches: Sequence[Batch], order: Numbers) -> Batch:
    """The samples of several batches as one, in the order of their numbers."""
    samples, turns, count = [], [], 0
    for one in batches:
        samples.append(pl.DataFrame({"key": one.keys, **one.columns}))
        if one.annotations is not None:
            turns.append(one.annotations.with_columns(pl.col("row") + count))
        count += len(one)
    whole = pl.concat(samples)[order]
    asked = pl.DataFrame({"row": order, "place": np.arange(len(order))})
    found = asked.join(pl.concat(turns), on="row", maintain_order="left_right")
    annotations = found.drop("row").rename({"place": "row"})
    columns = {name: whole[name] for name in whole.columns if name != "key"}
    return Batch(whole["key"], columns, annotations=annotations)


def _names(side: Places, turn: Places) -> pl.Series:
    """What the turns of each sample are called in it."""
    most = int(turn.max(initial=0)) + 1
    return _every_name(most)[(side * most + turn).astype(np.uint32)]


@functools.lru_cache(1)  # of each batch they are nearly always the same
def _every_name(most: int) -> pl.Series:
    numbers = pl.Series(np.arange(most)).cast(pl.String)
    return pl.concat([side + numbers for side in _SIDES])


@kernel
def _some(pieces: Places, bounds: Places, wanted: Numbers) -> tuple[Places, Places]:
    """The pieces of some turns."""
    begins = np.zeros(len(wanted) + 1, np.int32)
    for n in range(len(wanted)):
        begins[n + 1] = begins[n] + bounds[wanted[n] + 1] - bounds[wanted[n]]
    found = np.empty(begins[-1], np.int32)
    for n in range(len(wanted)):
        first = bounds[wanted[n]]
        for at in range(begins[n], begins[n + 1]):
            found[at] = pieces[first + at - begins[n]]
    return found, begins


@kernel
def _chosen(turns: Places, rows: Numbers, count: int) -> Numbers:
    """
    Of each record the turns that have a name, -1 for none, and how many turns and calls it has.

    Those are: what the system says first; the last answer of the conversation, and what the
    user said last before it; the last turn of either side of a pair.
    """
    found = np.full((count, 7), -1, np.int64)
    found[:, _TURNS:] = 0
    asked = np.full(count, -1, np.int64)
    for n in range(len(turns)):
        row, side, speaker = rows[n], turns[n, turns_.SIDE], turns[n, turns_.SPEAKER]
        found[row, _TURNS] += 1
        found[row, _CALLS] += turns[n, turns_.CALLED]
        if speaker in (words.BY_SYSTEM, words.BY_DEVELOPER) and found[row, _SYSTEM] < 0:
            found[row, _SYSTEM] = n
        if speaker == words.BY_USER and side < 2:
            asked[row] = n
        if speaker == words.BY_ASSISTANT and side < 2:
            found[row, _PROMPT] = asked[row]
            if side == 0:
                found[row, _RESPONSE] = n
        if side == 1:
            found[row, _CHOSEN] = n
        elif side == 2:
            found[row, _REJECTED] = n
    return found
