"""
What is wrong with turns, in words: which turn, which role, key, tag, name or control string.

Asked of the few samples that a report names, so that each is a list of turns, in Python.  What
somebody says in a turn is not repeated.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import polars as pl

from datastd.measures import words
from datastd.measures.text.unseen import SEEN
from datastd.measures.turns import (
    ASSISTANT,
    DEVELOPER,
    FIELD,
    FUNCTION,
    MESSAGE,
    NO_WEIGHT,
    ODD,
    REJECTED,
    SYSTEM,
    TAGGED,
    TOOL,
    USER,
    Counts,
    Order,
    calls,
)
from datastd.measures.turns.marks import (
    ANSWERED,
    ANY_CASE,
    BEGUN,
    CAPITAL,
    HEADINGS,
    MEDIA,
    SMALL,
    THINKING,
    unescaped,
)
from datastd.names import INVISIBLE
from datastd.quiet import named
from datastd.words import choice, many, several

taken, taken_in = calls.taken, calls.taken_in

Turn: TypeAlias = Mapping[str, Any]
Talk: TypeAlias = Sequence[Turn]

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_TAGS = {"user": "human", "assistant": "gpt", "tool": "observation"}
_FORMS = (
    "text", "messages", "conversations", "instruction", "prompt", "completion", "completions",
    "preferred_output", "non_preferred_output",
)  # fmt: skip
_KEYS = frozenset({
    "role", "content", "name", "function_call", "tool_calls", "tool_call_id", "weight", "thinking",
    "refusal",
})  # fmt: skip
_LISTS = (
    (0, ("messages",)), (0, ("input", "messages")), (0, ("prompt",)), (0, ("completion",)),
    (1, ("chosen",)), (1, ("preferred_output",)),
    (2, ("rejected",)), (2, ("non_preferred_output",)),
)  # fmt: skip
"""Where messages are in a record, and of which side they are."""

_CONTROL = re.compile(
    "|".join([f"(?i:{re.escape(one)})" for one in ANY_CASE] + [*map(re.escape, (*SMALL, *CAPITAL))])
)
_UNPARTED = str.maketrans(dict.fromkeys(INVISIBLE))


def talks(annotations: pl.DataFrame, turns: Counts) -> list[Talk]:
    """The turns of each sample, in order."""
    found: list[list[Turn]] = [[] for _ in turns]
    for one in annotations.iter_rows(named=True):
        found[one["row"]].append(one)
    return list(found)


def _of(talks: Sequence[Talk], say: Callable[[Talk], str | None]) -> pl.Series:
    return pl.Series([say(one) for one in talks], dtype=pl.String)


def _role(turn: Turn) -> str:
    """Who speaks, as the record calls them."""
    role = str(turn["role"])
    if turn["layout"] == TAGGED and turn["speaker"] == ASSISTANT and turn["calls"]:
        return "function_call"
    if turn["layout"] == TAGGED:
        return _TAGS.get(role, role)
    return role if role in ROLES else named(role)


def _place(turn: Turn) -> str:
    return f"turn {turn['annotation']} of {_role(turn)}"


def _messages(talk: Talk) -> list[Turn]:
    """The messages of its conversation."""
    return [one for one in talk if one["side"] == 0 and one["layout"] == MESSAGE]


@words()
def blank_turns_said(talks: list[Talk], annotations: pl.DataFrame) -> pl.Series:
    """Which turn says nothing."""
    seen = annotations.get_column("text").str.contains(SEEN).fill_null(value=False)
    says = dict(zip(annotations.select("row", "annotation").iter_rows(), seen, strict=True))

    def say(talk: Talk) -> str | None:
        for one in talk:
            if one["content"] == ODD:
                return f"expected text or parts that are known, found another in {_place(one)}"
            if not (one["calls"] or one["media"] or says[one["row"], one["annotation"]]):
                return f"expected something that is seen, found nothing in {_place(one)}"
        return None

    return _of(talks, say)


@words()
def no_assistant_said(talks: list[Talk]) -> pl.Series:
    """Who speaks instead."""

    def say(talk: Talk) -> str:
        roles = [*dict.fromkeys(map(_role, _messages(talk)))]
        return f"expected a message of assistant, found those of {several(roles)} alone"

    return _of(talks, say)


@words()
def last_not_assistant_said(talks: list[Talk]) -> pl.Series:
    """Who speaks last."""

    def say(talk: Talk) -> str | None:
        found = _messages(talk)
        return (
            f"expected assistant in the last message, found {_place(found[-1])}" if found else None
        )

    return _of(talks, say)


def _behind(
    talk: Talk, is_wrong: Callable[[Turn, Turn | None], bool], layouts: Sequence[int]
) -> tuple[Turn, Turn | None] | None:
    """The first turn that is wrong where it is, and what is before it."""
    ends: Turn | None = None
    before: Turn | None = None
    for one in talk:
        if one["turn"] == 0:
            before = ends if one["side"] else None
        if one["layout"] in layouts and is_wrong(one, before):
            return one, before
        before = one
        ends = one if one["side"] == 0 else ends
    return None


def _misplaced(
    talks: Sequence[Talk], expected: str, is_wrong: Callable[[Turn, Turn | None], bool],
    layouts: Sequence[int] = (MESSAGE,),
) -> pl.Series:  # fmt: skip
    def say(talk: Talk) -> str | None:
        found = _behind(talk, is_wrong, layouts)
        if found is None:
            return None
        one, before = found
        place = f"behind {_place(before)}" if before else "first of all"
        return f"expected {expected}, found {_place(one)} {place}"

    return _of(talks, say)


@words()
def late_systems_said(talks: list[Talk]) -> pl.Series:
    """Which message of the system is not the first."""

    def is_late(one: Turn, before: Turn | None) -> bool:
        return before is not None and (one["layout"] == MESSAGE or before["layout"] == FIELD)

    return _misplaced(
        talks,
        "system or developer in the first message alone",
        lambda one, before: one["speaker"] in {SYSTEM, DEVELOPER} and is_late(one, before),
        (MESSAGE, TAGGED),
    )


@words()
def repeated_users_said(talks: list[Talk]) -> pl.Series:
    """Which message of the user follows another."""
    return _misplaced(
        talks,
        "an answer between two messages of user",
        lambda one, before: (
            one["speaker"] == USER and before is not None and before["speaker"] == USER
        ),
    )


@words()
def unasked_answers_said(talks: list[Talk]) -> pl.Series:
    """Which answer follows nothing that it could answer."""
    return _misplaced(
        talks,
        "user or a tool before each message of assistant",
        lambda one, before: (
            one["speaker"] == ASSISTANT
            and (before is None or before["speaker"] not in {USER, TOOL, FUNCTION})
        ),
    )


@words()
def lacking_messages_said(order: Order) -> pl.Series:
    """How many messages there are."""
    said = [f"expected at least 2 messages, found {count}" for count in order.messages.tolist()]
    return pl.Series(said, dtype=pl.String)


def _tagged(talk: Talk) -> list[Turn]:
    return [one for one in talk if one["layout"] == TAGGED and one["side"] == 0]


@words()
def misplaced_turns_said(talks: list[Talk]) -> pl.Series:
    """Which turn with a tag is on the wrong place."""

    def say(talk: Talk) -> str | None:
        found = _tagged(talk)
        found = found[1:] if found and found[0]["speaker"] == SYSTEM else found
        for number, one in enumerate(found):
            wanted = ({ASSISTANT}, "gpt or function_call") if number % 2 else (
                {USER, TOOL}, "human or observation")  # fmt: skip
            if one["speaker"] not in wanted[0]:
                return f"expected {wanted[1]}, found {_place(one)}"
        return None

    return _of(talks, say)


@words()
def odd_turns_said(talks: list[Talk], form: pl.Series) -> pl.Series:
    """How many turns there are."""
    said = []
    for talk, of in zip(talks, form, strict=True):
        found = _tagged(talk)
        count = len(found) - bool(found and found[0]["speaker"] == SYSTEM)
        which = (
            "odd number of turns before a pair" if of == "preference" else "even number from 2 on"
        )
        said.append(f"expected an {which}, found {count}")
    return pl.Series(said, dtype=pl.String)


@words()
def placeholder_input_said(input: pl.Series) -> pl.Series:  # noqa: A002  -- the column's name
    """What stands in for an input: one of few strings that say that there is none."""
    said = [one and f"expected an input, or an empty one, found {named(one)}" for one in input]
    return pl.Series(said, dtype=pl.String)


@words()
def media_gap_said(
    talks: list[Talk], images: pl.Series, videos: pl.Series, audios: pl.Series
) -> pl.Series:
    """Of what there are more, or fewer, places than files."""
    said = list[str | None]()
    for talk, *listed in zip(talks, images, videos, audios, strict=True):
        gaps = []
        shown = sum(one["media"] for one in talk if one["side"] != REJECTED)
        every, found = sum(one or 0 for one in listed), shown + _places(talk, *MEDIA)
        if shown and every and every != found:
            said.append(f"expected {many(every, 'place')}, as files are listed, found {found}, "
                        f"parts that show something among them")  # fmt: skip
            continue
        for mark, files in zip(MEDIA, listed, strict=True):
            places = _places(talk, mark)
            if places != (files or 0):
                gaps.append(f"expected {many(files or 0, 'place')} {mark}, as files are listed, "
                            f"found {places}")  # fmt: skip
        said.append("; ".join(gaps) or None)
    return pl.Series(said, dtype=pl.String)


def _places(talk: Talk, *marks: str) -> int:
    return sum((one["text"] or "").count(mark) for one in talk for mark in marks)


def _bare(text: str) -> str:
    """A text as control strings are looked for in it."""
    known = text.translate(_UNPARTED)
    return unicodedata.normalize("NFKC", known).replace("\u2581", "_")


@words()
def control_strings_said(talks: list[Talk], tools: pl.Series) -> pl.Series:
    """Which control strings stand in which turn, or beside what is said in it."""

    def say(talk: Talk, declared: str | None) -> str | None:
        for one in talk:
            text = one["text"] or ""
            found = _controls(text)
            found += [*HEADINGS] if re.search(BEGUN, text) and re.search(ANSWERED, text) else []
            if found:
                return f"expected none, found {several([*map(named, found)])} in {_place(one)}"
            beside = (one["called"], *(one["call_names"] or ()), *(one["call_arguments"] or ()),
                      *([text] if one["calls"] else ()))  # fmt: skip
            if found := [mark for some in beside for mark in _controls(unescaped(some or ""))]:
                where = f"in a name or a call of {_place(one)}"
                return f"expected none, found {several([*map(named, found)])} {where}"
            if found := [mark for some in one["thoughts"] or () for mark in _controls(some)]:
                where = f"in what is thought or refused in {_place(one)}"
                return f"expected none, found {several([*map(named, found)])} {where}"
        found = _controls(unescaped(declared or ""))
        return (
            f"expected none, found {several([*map(named, found)])} in its tools" if found else None
        )

    return pl.Series([*map(say, talks, tools)], dtype=pl.String)


def _controls(text: str) -> list[str]:
    """The control strings in a text, each once."""
    return [*dict.fromkeys(_CONTROL.findall(_bare(text)))]


@words()
def odd_thinking_said(talks: list[Talk]) -> pl.Series:
    """In which turn thinking does not end, or begin; or is not."""
    opens, closes = THINKING

    def say(talk: Talk) -> str | None:
        for one in talk:
            begun, ended = ((one["text"] or "").count(mark) for mark in THINKING)
            if begun != ended:
                found = f"{begun} and {ended} in {_place(one)}"
                return f"expected as many {opens} as {closes}, found {found}"
        answers = [one for one in talk if one["speaker"] == ASSISTANT and one["side"] < 2]  # noqa: PLR2004
        without = [one for one in answers if opens not in (one["text"] or "")]
        if without and len(without) < len(answers):
            return f"expected {opens} in all answers or in none, found none in {_place(without[0])}"
        return f"expected {opens} and {closes} by turns, found another order"

    return _of(talks, say)


@words()
def mixed_forms_said(record: pl.Series) -> pl.Series:
    """Of which forms a record has keys."""
    said = []
    for one in record:
        known = json.loads(one)
        there = [name for name in _FORMS if known.get(name) is not None]
        said.append(f"expected keys of one form, found {several(there)}")
    return pl.Series(said, dtype=pl.String)


@words()
def step_gap_said(steps: pl.Series, labels: pl.Series) -> pl.Series:
    """How many steps there are, and labels."""
    pairs = zip(steps, labels, strict=True)
    said = [f"expected a label for each of {many(a or 0, 'step')}, found {b}" for a, b in pairs]
    return pl.Series(said, dtype=pl.String)


@words()
def zero_weights_said(order: Order) -> pl.Series:
    """How many answers nobody learns."""
    said = [f"expected an answer of weight 1, found 0 of each of {many(count, 'answer')}"
            for count in order.answers.tolist()]  # fmt: skip
    return pl.Series(said, dtype=pl.String)


@words()
def undeclared_tools_said(
    annotations: pl.DataFrame, taken_in: pl.DataFrame, tools: pl.Series
) -> pl.Series:
    """Which call is of no tool that is declared, or how many tools are none."""
    row = annotations.get_column("row").gather(taken_in.get_column("turn"))
    said: list[str | None] = []
    for number, given in enumerate(tools):
        known, bad = calls.declared(pl.Series([given or ""]))
        names = [*known.get_column("name").drop_nulls()]
        called = taken_in.filter(pl.Series(row == number, dtype=pl.Boolean)).get_column("name")
        strange = [name for name in called.drop_nulls().unique(maintain_order=True)
                   if name not in names]  # fmt: skip
        there = several([*map(named, names)]) or "none"
        if strange:
            found = several([*map(named, strange)])
            said.append(f"expected calls of tools that are declared ({there}), found {found}")
        else:
            said.append(f"expected tools with a name, and a schema of what they take, "
                        f"found {int(bad[0])} that are none")  # fmt: skip
    return pl.Series(said, dtype=pl.String)


@words("annotations")
def unknown_role_said(role: pl.Series) -> pl.Series:
    """Which role it is."""
    said = [f"expected {choice(ROLES)}, found {named(one)}" for one in role]
    return pl.Series(said, dtype=pl.String)


def _raw(row: pl.Series, side: pl.Series, layout: pl.Series, record: pl.Series) -> list[Any]:
    """Each turn as it stands in its record, where it is a message; else None."""
    found: list[Any] = [None] * len(row)
    places: dict[tuple[int, int], list[int]] = {}
    for number, (of, which, how) in enumerate(zip(row, side, layout, strict=True)):
        if how == MESSAGE:
            places.setdefault((of, which), []).append(number)
    wholes = {of: json.loads(record[of]) for of, _ in places}
    for (of, which), some in places.items():
        raw = [one for on, path in _LISTS if on == which for one in _listed(wholes[of], path)]
        if len(raw) == len(some):
            for number, one in zip(some, raw, strict=True):
                found[number] = one
    return found


def _listed(value: Any, path: Sequence[str]) -> list[Any]:  # noqa: ANN401  -- any JSON
    """The list under some keys; of one message as LLaMA-Factory has a side, that one."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


@words("annotations")
def unknown_keys_said(
    row: pl.Series, side: pl.Series, layout: pl.Series, record: pl.Series
) -> pl.Series:
    """Which keys nobody knows."""
    said = []
    for one in _raw(row, side, layout, record):
        odd = [name for name in one or () if name not in _KEYS]
        known = several([*map(named, odd)])
        said.append(f"expected keys that are read, found {known}" if odd else None)
    return pl.Series(said, dtype=pl.String)


@words("annotations")
def odd_weight_said(  # noqa: PLR0913, PLR0917
    row: pl.Series, side: pl.Series, layout: pl.Series, record: pl.Series, weight: pl.Series,
    role: pl.Series,
) -> pl.Series:  # fmt: skip
    """Whose weight it is, and what."""
    said: list[str | None] = []
    raw = _raw(row, side, layout, record)
    for one, has, of in zip(raw, weight, role, strict=True):
        if has == NO_WEIGHT:
            said.append(None)
        elif of != "assistant":
            said.append(f"expected weights of assistant alone, found one of {named(of)}")
        else:
            known = named(json.dumps(one.get("weight"))) if one else "another"
            said.append(f"expected 0 or 1, found {known}")
    return pl.Series(said, dtype=pl.String)


@words("annotations")
def turns_in_text_said(annotation: pl.Series) -> pl.Series:
    """What it should be instead."""
    said = ["expected what is said, or a list of turns, found turns written as one string"]
    return pl.Series(said * len(annotation), dtype=pl.String)


@words("annotations")
def foreign_calls_said(role: pl.Series) -> pl.Series:
    """Who calls."""
    said = [f"expected calls of assistant alone, found one of {named(one)}" for one in role]
    return pl.Series(said, dtype=pl.String)


@words("annotations")
def odd_arguments_said(taken: pl.DataFrame, turn: pl.Series) -> pl.Series:
    """In the calls of which names."""
    names: dict[int, list[str]] = {}
    for at, name in taken.filter(~pl.col("sound")).select("turn", "name").iter_rows():
        names.setdefault(at, []).append("one without a name" if name is None else named(name))
    said = [
        f"expected an object of JSON as arguments, found another in the call of "
        f"{several(names[at])}" if at in names else None for at in range(len(turn))
    ]  # fmt: skip
    return pl.Series(said, dtype=pl.String)


@words("annotations")
def doubled_ids_said(call_ids: pl.Series) -> pl.Series:
    """Which ids come twice."""
    said = []
    for ids in call_ids.to_list():
        known = [one for one in ids or () if one]
        twice = [*dict.fromkeys(one for one in known if known.count(one) > 1)]
        ids_said = several([*map(named, twice)])
        said.append(f"expected an id for each call, found {ids_said} twice" if twice else None)
    return pl.Series(said, dtype=pl.String)


@words("annotations")
def unmatched_calls_said(
    turn: pl.Series, speaker: pl.Series, answers: pl.Series, called: pl.Series,
    taken: pl.DataFrame,
) -> pl.Series:  # fmt: skip
    """Which calls nothing answers, or what answers none."""
    ids: dict[int, list[str]] = {}
    for at, id_, name in taken.select("turn", "id", "name").iter_rows():
        ids.setdefault(at, []).append(named(id_ if id_ is not None else name or ""))
    said: list[str] = []
    for at, who in enumerate(speaker):
        if who in {TOOL, FUNCTION}:
            of = answers[at] if answers[at] is not None else called[at]
            what = f"one of {named(of)}" if of is not None else "one without an id"
            said.append(f"expected the answer to a call that waits, found {what}")
            continue
        waits = [*ids.get(at, ())]
        for later in range(at + 1, len(turn)):
            if turn[later] == 0 or speaker[later] not in {TOOL, FUNCTION}:
                break
            of = answers[later] if answers[later] is not None else called[later]
            if of is not None and named(of) in waits:
                waits.remove(named(of))
        said.append(f"expected an answer to each call, found none to {several(waits)}")
    return pl.Series(said, dtype=pl.String)
