"""Turns of a record, made one after the other of what lies on its tape; for kernels."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.kernels import helper
from datastd.sources.chat.words import (
    ARGUMENTS,
    BY_ANOTHER,
    BY_ASSISTANT,
    BY_SYSTEM,
    BY_TOOL,
    BY_USER,
    CALLS,
    CONTENT,
    FIRST_SHOWN,
    FROM,
    FUNCTION,
    FUNCTION_CALL,
    GPT,
    HUMAN,
    ID,
    LAST_SHOWN,
    NAME,
    OBSERVATION,
    PLAIN,
    REASONING,
    REASONING_CONTENT,
    REFUSAL,
    ROLE,
    SPEAKERS,
    TEXT,
    THINKING,
    TOOL_CALL_ID,
    TOOL_CALLS,
    TYPE,
    VALUE,
    WEIGHT,
    is_word,
)
from datastd.sources.encoding import Bytes, Numbers
from datastd.sources.jsonl.tape import (
    ARRAY,
    ESCAPED,
    KEYED,
    KIND,
    NULL,
    NUMBER,
    OBJECT,
    PARENT,
    START,
    STOP,
    STRING,
    VALUES,
)

Places: TypeAlias = NDArray[np.int32]

SAID, PARTS, NOTHING, ODD = range(4)
"""What the content of a turn is: text, a list of parts, null (or not there), or none of these."""

BY_MESSAGE, BY_TAG, BY_FIELD = range(3)
"""How a turn is written: as a message, as a tag and a value, or as a field of its own."""

(
    SOUND, NO_MESSAGES, MESSAGE_KEYS, CALL_SHAPE, SHAREGPT_SHAPE, ALPACA_SHAPE, COMPLETION_SHAPE,
    PAIR_SHAPE, LABEL_TYPE, STEPWISE_SHAPE, DPO_SHAPE, NO_RECORD, SCORE_TYPE,
) = range(13)  # fmt: skip
"""What makes a record unreadable, beside what is wrong with it as JSON."""

LINE_FEED = -2
"""Among the pieces of a text, a line feed; others are places of strings."""

NO_WEIGHT, ODD_WEIGHT = -2, -1

(
    ROW, SIDE, TURN, SPEAKER, SAID_BY, SAYS, CALLED, OTHERS, WEIGHS, ANSWERS, NAMED, SHOWS, LAYOUT,
) = range(13)  # fmt: skip
"""Of a turn: its record, side and number; who speaks, and the place of the role; what its content
is; how many calls it has, and other keys; its weight; the places of the id that it answers and
of its name; how many parts are no text; how it is written."""

C_TURN, C_ID, C_NAME, C_ARGUMENTS = range(4)  # of a call
T_TURN, T_TEXT = range(2)  # of a thought
TURNS, PIECES, CALLS_, THOUGHTS, FAULT, FAULT_AT = range(6)  # of what is counted

step = register_jitable(_nrt=False)
"""Lets kernels call a function that makes no array and is too large to stand where it is called."""


class Given(NamedTuple):
    """
    What lies on a tape.

    Attributes:
        line: The bytes.
        known: As of `Tape`.
        where: Likewise.
        scratch: Room for a character.
    """

    line: Bytes
    known: Places
    where: Numbers
    scratch: Bytes


class Made(NamedTuple):
    """
    Turns made so far.

    Attributes:
        turns: They; shape (T, 13).
        pieces: Places of the strings that each text consists of, turn after turn,
        bounds: and where those of each turn begin; shape (T + 1,).
        calls: Turn, id, name and arguments of each call of a message; shape (C, 4).
        thoughts: Turn and place of each string beside what a message says; shape (K, 2).
        counts: Of turns, pieces, calls and thoughts; what is wrong with the record, and where.
    """

    turns: Places
    pieces: Places
    bounds: Places
    calls: Places
    thoughts: Places
    counts: Numbers


@helper
def blame(made: Made, fault: int, place: int) -> None:
    """Say what is wrong with a record, unless it is known."""
    if made.counts[FAULT] == SOUND:
        made.counts[FAULT], made.counts[FAULT_AT] = fault, place


@helper
def beyond(given: Given, place: int) -> int:
    """The place behind a value and all that lies in it."""
    here = place + 1
    while here < len(given.known) and given.known[here, PARENT] >= place:
        here += 1
    return here


@helper
def begun(made: Made, row: int, side: int, turn: int, speaker: int, layout: int) -> int:  # noqa: PLR0913, PLR0917
    """Begin a turn; return its place among all."""
    n = made.counts[TURNS]
    made.counts[TURNS] += 1
    one = made.turns
    one[n, ROW], one[n, SIDE], one[n, TURN], one[n, SPEAKER] = row, side, turn, speaker
    one[n, SAID_BY], one[n, SAYS], one[n, CALLED], one[n, OTHERS] = -1, SAID, 0, 0
    one[n, WEIGHS], one[n, ANSWERS], one[n, NAMED] = NO_WEIGHT, -1, -1
    one[n, SHOWS], one[n, LAYOUT] = 0, layout
    made.bounds[n] = made.counts[PIECES]
    return int(n)


@helper
def say(made: Made, place: int) -> None:
    """Put a piece behind those of the turn that was begun last."""
    made.pieces[made.counts[PIECES]] = place
    made.counts[PIECES] += 1


@helper
def _think(given: Given, made: Made, turn: int, place: int) -> None:
    """Take down what somebody thinks, or refuses: a template may write it, too."""
    if given.known[place, KIND] == STRING:
        n = made.counts[THOUGHTS]
        made.counts[THOUGHTS] += 1
        made.thoughts[n, T_TURN], made.thoughts[n, T_TEXT] = turn, place


@step
def _means(given: Given, place: int, word: int) -> bool:
    at, stop = given.where[place, START], given.where[place, STOP]
    return bool(is_word(given.line, at, stop, given.known[place, ESCAPED], word, given.scratch))


@step
def field(  # noqa: PLR0913, PLR0917
    given: Given, made: Made, row: int, side: int, turn: int, speaker: int, place: int, fault: int
) -> int:
    """Make a turn of a field that is a text; return the number of the next turn."""
    begun(made, row, side, turn, speaker, BY_FIELD)
    if given.known[place, KIND] == STRING:
        say(made, place)
    else:
        blame(made, fault, place)
    return turn + 1


@step
def _call(given: Given, made: Made, turn: int, call: int, function: int) -> None:  # noqa: C901
    """Take down a call; *function* has its name and its arguments, or lies within it: -1."""
    known = given.known
    id_, name, arguments, inner = -1, -1, -1, function
    for here in range(call + 1, beyond(given, call)):
        key = known[here, KEYED]
        if known[here, PARENT] == call and function < 0:
            if key == ID:
                id_ = here
            elif key == FUNCTION:
                inner = here
        if known[here, PARENT] == inner and inner >= 0:
            if key == NAME:
                name = here
            elif key == ARGUMENTS:
                arguments = here
    if inner < 0 or known[inner, KIND] != OBJECT:
        blame(made, CALL_SHAPE, inner if inner >= 0 else call)
    elif name < 0 or known[name, KIND] != STRING:
        blame(made, CALL_SHAPE, name if name >= 0 else call)
    elif arguments < 0 or known[arguments, KIND] not in (STRING, OBJECT):
        blame(made, CALL_SHAPE, arguments if arguments >= 0 else call)
    elif id_ >= 0 and known[id_, KIND] not in (STRING, NULL):
        blame(made, CALL_SHAPE, id_)
    n = made.counts[CALLS_]
    made.counts[CALLS_] += 1
    made.turns[turn, CALLED] += 1
    made.calls[n, C_TURN], made.calls[n, C_ID] = turn, id_
    made.calls[n, C_NAME], made.calls[n, C_ARGUMENTS] = name, arguments


@step
def _calls(given: Given, made: Made, turn: int, several: int, one: int) -> None:
    """Take down the calls of a message: a list, and one as it was before there were tools."""
    known = given.known
    if several >= 0 and known[several, KIND] != ARRAY:
        blame(made, CALL_SHAPE, several)
    elif several >= 0:
        here, stop = several + 1, beyond(given, several)
        while here < stop:
            if known[here, KIND] != OBJECT:
                blame(made, CALL_SHAPE, here)
            _call(given, made, turn, here, -1)
            here = beyond(given, here)
    if one >= 0:
        if known[one, KIND] != OBJECT:
            blame(made, CALL_SHAPE, one)
        _call(given, made, turn, one, one)


@step
def _is_shown(given: Given, type_: int) -> bool:
    """Say whether a type is one of parts that are no text."""
    found = False
    for word in range(FIRST_SHOWN, LAST_SHOWN + 1):
        found |= _means(given, type_, word)
    return found


@step
def _part(given: Given, made: Made, turn: int, place: int) -> None:  # noqa: C901, PLR0912
    """Take what a part of a message says: a text, whatever its type is called, is one."""
    known = given.known
    type_, text, value = -1, -1, -1
    for here in range(place + 1, beyond(given, place)):
        if known[here, PARENT] == place:
            if known[here, KEYED] == TYPE:
                type_ = here
            elif known[here, KEYED] == TEXT and known[here, KIND] != NULL:
                text = here
            elif known[here, KEYED] == VALUE:
                value = here
            elif known[here, KEYED] in (THINKING, REFUSAL, REASONING):
                _think(given, made, turn, here)
    said = text if text >= 0 else value
    if known[place, KIND] != OBJECT or type_ < 0 or known[type_, KIND] != STRING:
        made.turns[turn, SAYS] = ODD
    elif not _means(given, type_, PLAIN):
        if text >= 0 and known[text, KIND] == STRING:
            say(made, text)
        elif _is_shown(given, type_):
            made.turns[turn, SHOWS] += 1
        else:
            made.turns[turn, SAYS] = ODD
    elif said < 0 or known[said, KIND] != STRING:
        made.turns[turn, SAYS] = ODD
    else:
        say(made, said)


@helper
def _content(given: Given, made: Made, turn: int, place: int) -> None:
    """Take what the content of a message says."""
    kind = given.known[place, KIND] if place >= 0 else NULL
    if kind == NULL:
        made.turns[turn, SAYS] = NOTHING
    elif kind == STRING:
        say(made, place)
    elif kind != ARRAY:
        made.turns[turn, SAYS] = ODD
    else:
        made.turns[turn, SAYS] = PARTS
        here, stop = place + 1, beyond(given, place)
        while here < stop:
            _part(given, made, turn, here)
            here = beyond(given, here)
        if made.turns[turn, SAYS] == ODD:
            made.counts[PIECES] = made.bounds[turn]


@helper
def _message(  # noqa: C901, PLR0912, PLR0913, PLR0917
    given: Given, made: Made, row: int, side: int, number: int, place: int
) -> None:
    """Make a turn of a message."""
    known, turns = given.known, made.turns
    turn = begun(made, row, side, number, BY_ANOTHER, BY_MESSAGE)
    if known[place, KIND] != OBJECT:
        blame(made, MESSAGE_KEYS, place)
    role, content, several, one, others = -1, -1, -1, -1, known[place, VALUES]
    for here in range(place + 1, beyond(given, place)):
        if known[here, PARENT] != place:
            continue
        key, kind = known[here, KEYED], known[here, KIND]
        others -= 1
        if key == ROLE:
            role = here
        elif key == CONTENT:
            content = here
        elif key == TOOL_CALLS:
            several = here if kind != NULL else -1
        elif key == FUNCTION_CALL:
            one = here if kind != NULL else -1
        elif key in (TOOL_CALL_ID, NAME):
            turns[turn, ANSWERS if key == TOOL_CALL_ID else NAMED] = here
            if kind not in (STRING, NULL):
                blame(made, MESSAGE_KEYS, here)
        elif key == WEIGHT:
            value = known[here, VALUES] if kind == NUMBER else ODD_WEIGHT
            turns[turn, WEIGHS] = value if value in (0, 1) else ODD_WEIGHT
        else:
            others += key not in (THINKING, REFUSAL)
            if key in (THINKING, REFUSAL, REASONING, REASONING_CONTENT):
                _think(given, made, turn, here)
    turns[turn, OTHERS] = others
    if role < 0 or known[role, KIND] != STRING:
        blame(made, MESSAGE_KEYS, role if role >= 0 else place)
    else:
        turns[turn, SAID_BY] = role
        for word in range(len(SPEAKERS)):
            if _means(given, role, word):
                turns[turn, SPEAKER] = word
                break
    if several >= 0 or one >= 0:
        _calls(given, made, turn, several, one)
    _content(given, made, turn, content)
    if turns[turn, SAYS] == NOTHING and not turns[turn, CALLED]:
        blame(made, MESSAGE_KEYS, content if content >= 0 else place)


@step
def _tagged(given: Given, made: Made, row: int, side: int, number: int, place: int) -> None:  # noqa: PLR0913, PLR0917
    """Make a turn of a tag and a value, as ShareGPT has it."""
    known = given.known
    turn = begun(made, row, side, number, BY_ANOTHER, BY_TAG)
    tag, value = -1, -1
    for here in range(place + 1, beyond(given, place)):
        if known[here, PARENT] == place:
            if known[here, KEYED] == FROM:
                tag = here
            elif known[here, KEYED] == VALUE:
                value = here
    if known[place, KIND] != OBJECT or tag < 0 or known[tag, KIND] != STRING:
        blame(made, SHAREGPT_SHAPE, tag if tag >= 0 else place)
        return
    if value < 0 or known[value, KIND] != STRING:
        blame(made, SHAREGPT_SHAPE, value if value >= 0 else place)
        return
    made.turns[turn, SAID_BY] = tag
    say(made, value)
    for word, speaker in (
        (HUMAN, BY_USER), (GPT, BY_ASSISTANT), (BY_SYSTEM, BY_SYSTEM), (OBSERVATION, BY_TOOL),
        (CALLS, BY_ASSISTANT),
    ):  # fmt: skip
        if _means(given, tag, word):
            made.turns[turn, SPEAKER] = speaker
            made.turns[turn, CALLED] = word == CALLS
            return
    blame(made, SHAREGPT_SHAPE, tag)


@step
def one_turn(  # noqa: PLR0913, PLR0917
    given: Given, made: Made, row: int, side: int, turn: int, place: int, layout: int
) -> int:
    """Make a turn of a message, or of a tag and a value; return the number of the next turn."""
    if layout == BY_TAG:
        _tagged(given, made, row, side, turn, place)
    else:
        _message(given, made, row, side, turn, place)
    return turn + 1


@step
def listed(  # noqa: PLR0913, PLR0917
    given: Given, made: Made, row: int, side: int, turn: int, place: int, layout: int, fault: int
) -> int:
    """Make turns of a list, which is not empty; return the number of the next turn."""
    if given.known[place, KIND] != ARRAY or not given.known[place, VALUES]:
        blame(made, fault, place)
        return turn
    here, stop = place + 1, beyond(given, place)
    while here < stop:
        turn = one_turn(given, made, row, side, turn, here, layout)
        here = beyond(given, here)
    return turn


@step
def texts(  # noqa: PLR0913, PLR0917
    given: Given, made: Made, row: int, side: int, turn: int, place: int, speaker: int, fault: int
) -> int:
    """Make turns of a text, or of a list of messages; return the number of the next turn."""
    if given.known[place, KIND] == ARRAY:
        return listed(given, made, row, side, turn, place, BY_MESSAGE, fault)
    return field(given, made, row, side, turn, speaker, place, fault)
