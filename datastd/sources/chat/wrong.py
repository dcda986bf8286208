"""
What is wrong with a record, in words: under which key, in which turn, and what belongs there.

Asked of a record that is lost, one by one.  Of the data nobody repeats more than a tag, or the
names of keys.
"""

import json
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from datastd.quiet import named
from datastd.sources.chat.forms import Laid, is_of_task
from datastd.sources.chat.turns import (
    ALPACA_SHAPE,
    CALL_SHAPE,
    COMPLETION_SHAPE,
    DPO_SHAPE,
    LABEL_TYPE,
    MESSAGE_KEYS,
    NO_MESSAGES,
    NO_RECORD,
    PAIR_SHAPE,
    SCORE_TYPE,
    SHAREGPT_SHAPE,
    STEPWISE_SHAPE,
)
from datastd.sources.chat.words import (
    ARGUMENTS,
    CHOSEN,
    COMPLETION,
    COMPLETIONS,
    CONTENT,
    CONVERSATIONS,
    FROM,
    FUNCTION,
    FUNCTION_CALL,
    HISTORY,
    ID,
    INPUT,
    INSTRUCTION,
    KTO_TAG,
    LABEL,
    LABELS,
    MESSAGES,
    NAME,
    NAMES,
    NON_PREFERRED,
    OUTPUT,
    PREFERRED,
    PROMPT,
    REJECTED,
    ROLE,
    SCORE_CHOSEN,
    SCORE_REJECTED,
    SYSTEM,
    TOOL_CALL_ID,
    TOOL_CALLS,
    VALUE,
)
from datastd.sources.jsonl.tape import ARRAY, FALSE, NULL, NUMBER, OBJECT, STRING, TRUE, Tape
from datastd.words import choice, many, several

_KINDS = {
    OBJECT: "an object", ARRAY: "a list", STRING: "a string", NUMBER: "a number", TRUE: "true",
    FALSE: "false", NULL: "null",
}  # fmt: skip
_STRING, _MAYBE, _SAID = "a string", "a string or null", "a string or a list of messages"
_SIDE = "a string, a list of messages or a message"
_ONE, _FLAGS = "a list of one message", "a list of true and false"
_TAGS = "human", "gpt", "system", "observation", "function_call"
ANY = (
    "messages", "conversations", "instruction", "prompt", "completion", "chosen", "rejected",
    "completions", "preferred_output",
)  # fmt: skip
"""Keys by which a record shows what form it has."""

_BELONGS: Mapping[int, Mapping[int, str]] = {
    NO_MESSAGES: {MESSAGES: "a list of messages"},
    MESSAGE_KEYS: {
        ROLE: _STRING, CONTENT: "what is said, or a call beside it", TOOL_CALL_ID: _MAYBE,
        NAME: _MAYBE,
    },
    CALL_SHAPE: {
        TOOL_CALLS: "a list of calls", FUNCTION_CALL: "an object", FUNCTION: "an object",
        NAME: _STRING, ARGUMENTS: "a string or an object", ID: _MAYBE,
    },
    SHAREGPT_SHAPE: {
        CONVERSATIONS: "a list of turns", SYSTEM: _STRING, FROM: choice(_TAGS), VALUE: _STRING,
    },
    ALPACA_SHAPE: {
        INSTRUCTION: _STRING, INPUT: _STRING, OUTPUT: _STRING, SYSTEM: _STRING,
        HISTORY: "a list of pairs of strings",
    },
    PAIR_SHAPE: {CHOSEN: _SIDE, REJECTED: _SIDE, PROMPT: _SAID},
    SCORE_TYPE: dict.fromkeys((SCORE_CHOSEN, SCORE_REJECTED), "a number or null"),
    LABEL_TYPE: dict.fromkeys((LABEL, KTO_TAG), "true or false"),
    DPO_SHAPE: {
        INPUT: "an object", MESSAGES: "a list of messages", PREFERRED: _ONE, NON_PREFERRED: _ONE,
    },
    COMPLETION_SHAPE: {PROMPT: _SAID, COMPLETION: _SAID},
    STEPWISE_SHAPE: {PROMPT: _STRING, COMPLETIONS: "a list of strings", LABELS: _FLAGS},
}  # fmt: skip
"""By what is wrong: what belongs under each key."""

_LACKS: Mapping[int, tuple[tuple[int, ...], ...]] = {
    MESSAGE_KEYS: ((ROLE,), (CONTENT,)),
    CALL_SHAPE: ((FUNCTION,), (FUNCTION, NAME), (FUNCTION, ARGUMENTS)),
    SHAREGPT_SHAPE: ((FROM,), (VALUE,)),
    ALPACA_SHAPE: ((INPUT,), (OUTPUT,)),
    PAIR_SHAPE: ((CHOSEN,), (REJECTED,)),
    DPO_SHAPE: ((INPUT,), (INPUT, MESSAGES), (PREFERRED,), (NON_PREFERRED,)),
    COMPLETION_SHAPE: ((PROMPT,), (COMPLETION,)),
    STEPWISE_SHAPE: ((PROMPT,), (LABELS,)),
}
"""Likewise: the keys of which an object that is blamed itself lacks one, in order."""

_ITEMS: Mapping[tuple[int, int], str] = {
    (ALPACA_SHAPE, HISTORY): "a list of two strings",
    (STEPWISE_SHAPE, COMPLETIONS): _STRING,
    (STEPWISE_SHAPE, LABELS): "true or false",
}
"""By what is wrong, and the key of a list: what each item of it is, where that is no turn."""

_ALIKE = {(PAIR_SHAPE, REJECTED): CHOSEN, (COMPLETION_SHAPE, COMPLETION): PROMPT}
"""Likewise: the key beside it, whose value is of the same kind."""

_READ = 1 << 20  # bytes of a record whose other keys are looked for by name


def keys_to(tape: Tape, place: int) -> str:
    """
    The keys by which a value is reached in its record, such as ``messages[3].content``.

    Empty for the record itself.
    """
    steps = list[str]()
    while (owner := int(tape.parent[place])) >= 0:
        if tape.kind[owner] == ARRAY:
            before = np.count_nonzero(tape.parent[owner + 1 : place] == owner)
            steps.append(f"[{before}]")
        else:
            steps.append(f".{NAMES[tape.key[place]]}")
        place = owner
    return "".join(reversed(steps)).removeprefix(".")


@dataclass(frozen=True, slots=True)
class Wrong:
    """
    A record that is none of its form.

    Attributes:
        laid: It, among others.
        row: Its number among them.
        piece: The bytes that they are in.
        stop: Where it ends in these.
    """

    laid: Laid
    row: int
    piece: bytes
    stop: int

    def said(self) -> tuple[str, str, str]:
        """The keys to what is wrong, what was expected there, and what was found."""
        tape, fault = self.laid.tape, int(self.laid.fault[self.row])
        place = int(self.laid.fault_at[self.row])
        if fault == NO_RECORD:
            return "", "an object", self._kind(place)
        key, belongs = int(tape.key[place]), _BELONGS[fault]
        is_whole = key == FUNCTION_CALL and tape.kind[place] == OBJECT  # of a call, both in one
        if key in belongs and not is_whole:
            return keys_to(tape, place), *self._value(fault, key, place)
        if tape.kind[place] == OBJECT:
            return self._lack(fault, place)
        owner = int(tape.key[tape.parent[place]])  # of an item; a side of a pair is a message
        expected = _ITEMS.get((fault, owner), "an object")
        return keys_to(tape, place), expected, self._kind(place, counted=fault == ALPACA_SHAPE)

    def _kind(self, place: int, *, counted: bool = False) -> str:
        """What a value is."""
        kind, count = int(self.laid.tape.kind[place]), int(self.laid.tape.count[place])
        if kind == ARRAY and not count:
            return "an empty list"
        return f"a list of {count}" if kind == ARRAY and counted else _KINDS[kind]

    def _child(self, owner: int, key: int) -> int:
        """The place of what an object has under a key; -1 for none."""
        tape = self.laid.tape
        start, end = tape.start, int(tape.stop[owner])
        # Of all that lies on the tape, other records' too, what begins within the object.
        stop = bisect_left(range(len(tape)), end, lo=owner, key=lambda place: start[place])
        under = (tape.parent[owner:stop] == owner) & (tape.key[owner:stop] == key)
        return owner + int(np.flatnonzero(under)[-1]) if under.any() else -1

    def _value(self, fault: int, key: int, place: int) -> tuple[str, str]:
        """What belongs under a key, and what is there."""
        tape, expected = self.laid.tape, _BELONGS[fault][key]
        if fault == SHAREGPT_SHAPE and key == FROM and tape.kind[place] == STRING:
            return expected, named(tape.strings(self.piece, np.array([place]))[0])
        if fault == DPO_SHAPE and key != MESSAGES:
            is_one = tape.kind[place] == ARRAY and tape.count[place] == 1
            if is_one:
                return "a message of assistant", "one of another role"
            return expected, self._kind(place, counted=True)
        beside = _ALIKE.get((fault, key))
        other = int(self.laid.members[self.row, beside]) if beside is not None else -1
        if other >= 0 and tape.kind[other] != tape.kind[place]:
            expected = f"{_KINDS[int(tape.kind[other])]}, as {NAMES[tape.key[other]]} is"
        return expected, self._kind(place)

    def _lack(self, fault: int, place: int) -> tuple[str, str, str]:
        """What an object lacks, or has beside what belongs there."""
        tape, there = self.laid.tape, keys_to(self.laid.tape, place)
        if fault == NO_MESSAGES:
            return there, f"one of the keys {choice(ANY)}", "none of them"
        if fault == ALPACA_SHAPE and (found := self._others()):
            return there, "the keys of a task alone", found
        paths = _LACKS[fault]
        if fault == CALL_SHAPE and tape.key[place] == FUNCTION_CALL:
            paths = tuple(path[1:] for path in paths[1:])
        for path in paths:
            here = place
            for key in path:
                here = self._child(here, key) if here >= 0 else -1
            expected = _BELONGS[fault][path[-1]]
            is_other = fault == DPO_SHAPE and path == (INPUT,) and tape.kind[here] != OBJECT
            if here < 0 or tape.kind[here] == NULL or is_other:
                where = ".".join(filter(None, (there, *(NAMES[key] for key in path))))
                return where, expected, "none" if here < 0 else self._kind(here)
        raise AssertionError(fault)  # it would not have been blamed

    def _others(self) -> str:
        """Keys that stand beside those of a task; empty for none."""
        laid, form = self.laid, int(self.laid.form[self.row])
        root = int(laid.documents[self.row])
        known = [key for key in range(len(NAMES)) if is_of_task(form, key)]
        count = int(laid.tape.count[root]) - sum(laid.members[self.row, key] >= 0 for key in known)
        if not count:
            return ""
        names = {NAMES[key] for key in known}
        start = int(laid.tape.start[root])
        if self.stop - start <= _READ:
            record = json.loads(self.piece[start : self.stop])  # it is JSON, and not deep
            return several([named(name) for name in record if name not in names])
        return many(count, "other key")
