"""Calls of tools: what is called with what, what answers it, and what may be called."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.kernels import kernel
from datastd.measures.text import utf8
from datastd.measures.turns import FUNCTION, TAGGED, TOOL, Counts, Flags, Numbers
from datastd.sources.encoding import nulls
from datastd.sources.jsonl.grammar import TEXT
from datastd.sources.jsonl.tape import ARRAY, NULL, OBJECT, STRING, Tape, judged

_NAME, _ARGUMENTS, _FUNCTION, _PARAMETERS, _TYPE, _PROPERTIES, _REQUIRED = range(7)
_NAMES = ("name", "arguments", "function", "parameters", "type", "properties", "required")
_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
"""Those of JSON Schema."""

_IN_CALL, _IN_TOOL = 4, 6  # values that lie so deep are not looked at
_SEED = 0

_NONE = pl.DataFrame(
    schema={"turn": pl.Int64, "id": pl.String, "name": pl.String, "sound": pl.Boolean}
)
"""No calls, as `taken` has them."""


class Documents(NamedTuple):
    """
    Texts as JSON.

    Attributes:
        line: All of them.
        tape: What is in them.
        roots: The place of the value of each on the tape; -1 where it is none.
        owners: Of each place on the tape the number of its text.
    """

    line: bytes
    tape: Tape
    roots: Numbers
    owners: Numbers

    @classmethod
    def of(cls, text: pl.Series, deepest: int) -> "Documents":
        """Look at texts; a null is none."""
        content, offsets = utf8(text)
        line = content.tobytes()
        tape, ends = judged(line, offsets[:-1], offsets[1:], _NAMES, deepest)
        begins = np.flatnonzero(tape.parent < 0)
        quotes = tape.kind[begins] == STRING
        owners = np.searchsorted(offsets[:-1], tape.start[begins] - quotes, side="right") - 1
        every = np.repeat(owners, np.diff(np.append(begins, len(tape))))
        roots = np.full(len(text), -1, np.int64)
        roots[owners] = begins
        roots[ends >= 0] = -1
        roots[every[tape.fault != TEXT]] = -1
        return cls(line, tape, roots, every)

    def are(self, places: Numbers, kind: int) -> Flags:
        """Say which places there are, and of a kind."""
        found = places >= 0
        found[found] = self.tape.kind[places[found]] == kind
        return np.asarray(found)

    def strings(self, places: Numbers) -> pl.Series:
        """What strings at these places say; null for another value, and where there is none."""
        return self.tape.strings(self.line, np.where(self.are(places, STRING), places, -1))


def are_objects(text: pl.Series) -> Flags:
    """Say which texts are objects of JSON."""
    known = Documents.of(text, 1)
    return known.are(known.roots, OBJECT)


def taken(  # noqa: PLR0913, PLR0917
    layout: pl.Series, calls: pl.Series, text: pl.Series, call_ids: pl.Series,
    call_names: pl.Series, call_arguments: pl.Series,
) -> pl.DataFrame:  # fmt: skip
    """
    The calls of some turns.

    Returns:
        Columns ``turn`` (its number among these), ``id`` and ``name`` (null where there is none),
        and ``sound`` (whether the arguments are an object); in order.
    """
    written = (layout == TAGGED) & (calls > 0)
    if not (call_ids.count() or written.any()):
        return _NONE
    named = call_ids.is_not_null().arg_true().cast(pl.Int64)
    listed = pl.DataFrame(
        {
            "turn": named,
            "id": call_ids.gather(named),
            "name": call_names.gather(named),
            "given": call_arguments.gather(named),
        }
    ).explode("id", "name", "given")
    of_messages = listed.select("turn", "id", "name", sound=pl.Series(are_objects(listed["given"])))
    turns = written.arg_true().cast(pl.Int64)
    if not len(turns):
        return of_messages
    return pl.concat([of_messages, _written(turns, text.gather(turns))]).sort(
        "turn", maintain_order=True
    )


def taken_in(annotations: pl.DataFrame) -> pl.DataFrame:
    """The calls of the turns of some samples."""
    names = "layout", "calls", "text", "call_ids", "call_names", "call_arguments"
    return taken(*(annotations.get_column(name) for name in names))


def _written(turns: pl.Series, text: pl.Series) -> pl.DataFrame:
    """Calls that are the text of a turn: an object, or a list of some."""
    known = Documents.of(text, _IN_CALL)
    tape = known.tape
    lists = known.roots[known.are(known.roots, ARRAY)]
    objects = np.sort(np.concatenate([known.roots[known.are(known.roots, OBJECT)],
                                      tape.within(lists)]))  # fmt: skip
    names, given = tape.members(objects, _NAME), tape.members(objects, _ARGUMENTS)
    sound = (tape.kind[objects] == OBJECT) & known.are(names, STRING) & known.are(given, OBJECT)
    said = np.flatnonzero(known.are(names, STRING) & known.are(given, STRING))
    sound[said] = are_objects(known.strings(given[said]))
    owners = known.owners[objects]
    none = np.setdiff1d(np.arange(len(text)), owners)
    return pl.DataFrame({
        "turn": turns.gather(np.concatenate([owners, none])),
        "id": nulls(len(owners) + len(none), pl.String),
        "name": pl.concat([known.strings(names), nulls(len(none), pl.String)]),
        "sound": np.concatenate([sound, np.zeros(len(none), np.bool_)]),
    })  # fmt: skip


def declared(tools: pl.Series) -> tuple[pl.DataFrame, Counts]:
    """
    What tools are declared.

    Args:
        tools: As JSON, each once; a blank one declares none.

    Returns:
        Columns ``which`` (the number of the text) and ``name``, a row for each tool; and how many
        are no tools in each: one where it is no list.
    """
    known = Documents.of(tools, _IN_TOOL)
    tape = known.tape
    bad = np.zeros(len(tools), np.int64)
    is_list = known.are(known.roots, ARRAY)
    bad[~is_list & tools.str.contains(r"\S").fill_null(value=False).to_numpy()] = 1
    each = tape.within(known.roots[is_list])
    inner = tape.members(each, _FUNCTION)
    functions = np.where(known.are(inner, OBJECT), inner, each)
    names = tape.members(functions, _NAME)
    asked = tape.members(functions, _PARAMETERS)
    is_sound = (tape.kind[each] == OBJECT) & known.are(names, STRING)
    is_sound &= (asked < 0) | known.are(asked, OBJECT) | known.are(asked, NULL)
    schemas = np.where(known.are(asked, OBJECT), asked, -1)
    kinds = _members(tape, schemas, _TYPE)
    is_sound &= (kinds < 0) | known.are(kinds, STRING) | known.are(kinds, ARRAY)
    is_sound &= known.strings(kinds).is_in(_TYPES).fill_null(value=True).to_numpy()
    fields = _members(tape, schemas, _PROPERTIES)
    is_sound &= (fields < 0) | known.are(fields, OBJECT)
    required = _members(tape, schemas, _REQUIRED)
    is_sound &= (required < 0) | known.are(required, ARRAY) | known.are(required, NULL)
    for several, of in ((kinds, _TYPES), (required, None)):
        is_sound &= ~np.isin(several, _odd(known, several, of))
    np.add.at(bad, known.owners[each[~is_sound]], 1)
    return pl.DataFrame({"which": known.owners[each], "name": known.strings(names)}), bad


def _odd(known: Documents, lists: Numbers, of: Collection[str] | None) -> Numbers:
    """Lists in which something is no string, or none *of* these."""
    tape, lists = known.tape, lists[known.are(lists, ARRAY)]
    inside = tape.within(lists)
    said = known.strings(inside)
    is_one = said.is_not_null() if of is None else said.is_in(of).fill_null(value=False)
    return np.asarray(tape.parent[inside[~is_one.to_numpy()]])


def _members(tape: Tape, owners: Numbers, key: int) -> Numbers:
    """As `Tape.members`, where -1 among the owners is none."""
    there = np.flatnonzero(owners >= 0)
    found = np.full(len(owners), -1, np.int64)
    found[there] = tape.members(owners[there], key)
    return found


def unmatched(
    turn: pl.Series, speaker: pl.Series, calls: pl.DataFrame, answers: pl.Series, called: pl.Series
) -> Counts:
    """
    Of each turn the calls that nothing answers, or 1 where it answers no call.

    Calls of the last turn of a conversation wait for their answers.
    """
    bounds = np.searchsorted(calls["turn"].to_numpy(), np.arange(len(turn) + 1))
    ids, names = _hashed(calls["id"]), _hashed(calls["name"])
    in_order = np.lexsort((ids, calls["turn"].to_numpy()))  # of each turn, by their ids
    return _unmatched(
        turn.to_numpy(), speaker.to_numpy(), bounds, ids[in_order], names[in_order],
        _hashed(answers), _hashed(called),
    )  # fmt: skip


def _hashed(text: pl.Series) -> NDArray[np.uint64]:
    """A number for each text; 0 for null."""
    found = text.hash(_SEED).to_numpy(writable=True)
    found[found == 0] = 1
    found[text.is_null().to_numpy()] = 0
    return found


@kernel
def _unmatched(  # noqa: C901, PLR0913, PLR0917
    turn: Numbers, speaker: NDArray[np.int8], bounds: Numbers, ids: NDArray[np.uint64],
    names: NDArray[np.uint64], answers: NDArray[np.uint64], called: NDArray[np.uint64],
) -> Counts:  # fmt: skip
    found, is_answered = np.zeros(len(turn), np.int64), np.zeros(len(ids), np.bool_)
    used = np.zeros(len(ids), np.int64)  # of calls of one id, by the first of them
    owner, waiting = -1, 0  # the turn whose calls wait, and how many do
    for n in range(len(turn) + 1):
        if n == len(turn) or turn[n] == 0:
            if owner >= 0 and owner != n - 1:
                found[owner] = waiting
            owner = -1
            if n == len(turn):
                break
        if speaker[n] not in (TOOL, FUNCTION):
            if owner >= 0:
                found[owner] = waiting
            waiting = bounds[n + 1] - bounds[n]
            owner = n if waiting else -1
            continue
        is_match = False
        if owner >= 0:
            stop = bounds[owner + 1]
            first = bounds[owner] + np.searchsorted(ids[bounds[owner] : stop], answers[n])
            call = first + (used[first] if first < stop else 0)
            if answers[n] == 0 and called[n] != 0:
                call = first
                while call < stop and (is_answered[call] or names[call] != called[n]):
                    call += 1
            elif call < stop and ids[call] == answers[n]:
                used[first] += 1
            is_match = call < stop and ids[call] == answers[n] and not is_answered[call]
            if is_match:
                is_answered[call] = True
                waiting -= 1
        found[n] = not is_match
    return found
