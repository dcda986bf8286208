"""
The forms of fine-tuning data, told from a record's tape: which it is, its turns, its faults.

One pass over the tape finds what each record has under which key; another makes its turns, in
their order, whatever the order of the keys.  Everything is a place on the tape until `reading`
makes strings of it.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.kernels import helper, kernel
from datastd.sources.encoding import Bytes, Numbers
from datastd.sources.jsonl.grammar import BACKSLASH, escape, put
from datastd.sources.jsonl.tape import (
    ARRAY,
    FALSE,
    NULL,
    NUMBER,
    OBJECT,
    STRING,
    TRUE,
    Tape,
    judged,
)

Places: TypeAlias = NDArray[np.int32]

NAMES = (
    "role", "content", "from", "value", "type", "text", "messages", "conversations", "chosen",
    "rejected", "prompt", "completion", "instruction", "input", "output", "system", "history",
    "tools", "functions", "name", "arguments", "function", "tool_calls", "function_call",
    "tool_call_id", "id", "weight", "thinking", "refusal", "label", "kto_tag", "completions",
    "labels", "preferred_output", "non_preferred_output", "images", "videos", "audios",
    "score_chosen", "score_rejected",
)  # fmt: skip
"""Keys that are looked for, wherever they stand."""

(
    ROLE, CONTENT, FROM, VALUE, TYPE, TEXT, MESSAGES, CONVERSATIONS, CHOSEN,
    REJECTED, PROMPT, COMPLETION, INSTRUCTION, INPUT, OUTPUT, SYSTEM, HISTORY,
    TOOLS, FUNCTIONS, NAME, ARGUMENTS, FUNCTION, TOOL_CALLS, FUNCTION_CALL,
    TOOL_CALL_ID, ID, WEIGHT, THINKING, REFUSAL, LABEL, KTO_TAG, COMPLETIONS,
    LABELS, PREFERRED, NON_PREFERRED, IMAGES, VIDEOS, AUDIOS,
    SCORE_CHOSEN, SCORE_REJECTED,
) = range(len(NAMES))  # fmt: skip

DEEPEST = 8  # beyond the arguments of a call in the input of a pair

FORMS = (
    "openai", "sharegpt", "alpaca", "completion", "preference", "kto", "stepwise", "openai-dpo",
)  # fmt: skip
OPENAI, SHAREGPT, ALPACA, COMPLETED, PREFERENCE, KTO, STEPWISE, OPENAI_DPO = range(len(FORMS))
NO_FORM = -1

SPEAKERS = ("system", "developer", "user", "assistant", "tool", "function")
"""Roles as OpenAI calls them; of ShareGPT's each is one of them."""

S_SYSTEM, S_DEVELOPER, S_USER, S_ASSISTANT, S_TOOL, S_FUNCTION = range(len(SPEAKERS))
OTHER_SPEAKER = -1

SAID, PARTS, NOTHING, ODD = range(4)
"""What the content of a turn is: text, a list of parts, null (or not there), or none of these."""

(
    SOUND, NO_MESSAGES, MESSAGE_KEYS, CALL_SHAPE, SHAREGPT_SHAPE, ALPACA_SHAPE, COMPLETION_SHAPE,
    PAIR_SHAPE, LABEL_TYPE, STEPWISE_SHAPE, DPO_SHAPE, NO_OBJECT_AT_ALL,
) = range(12)  # fmt: skip
"""What makes a record unreadable."""

NEWLINE_PIECE = -2
"""Among the pieces of a text, a line feed; others are places of strings."""

ABSENT_WEIGHT, ODD_WEIGHT = -2, -1

(
    _ROW, _SIDE, _TURN, _SPEAKER, _ROLE, _KIND, _CALLS, _UNKNOWN, _WEIGHT, _CALL_ID, _NAME, _MEDIA,
    _PLACE, _LAYOUT,
) = range(14)  # fmt: skip
BY_MESSAGES, BY_TAGS, BY_FIELDS = range(3)
"""How a turn is written: as a message, as a tag and a value, or as a field of its own."""

_SYSTEM_TURN, _PROMPT_TURN, _RESPONSE_TURN, _CHOSEN_TURN, _REJECTED_TURN, _TURNS = range(6)
_C_TURN, _C_ID, _C_NAME, _C_ARGUMENTS = range(4)
_N_TURNS, _N_PIECES, _N_CALLS, _FAULT, _FAULT_AT = range(5)


def _key_words() -> tuple[Bytes, Numbers]:
    words = (*SPEAKERS, "human", "gpt", "observation", "function_call", "text")
    encoded = [one.encode() for one in words]
    return np.frombuffer(b"".join(encoded), np.uint8), np.cumsum([0, *map(len, encoded)])


_WORDS, _BOUNDS = _key_words()
_W_HUMAN, _W_GPT, _W_OBSERVATION, _W_FUNCTION_CALL, _W_TEXT = range(6, 11)


_step = register_jitable(_nrt=False)
"""Lets kernels call a function that makes no array, and is too large to stand in each of them."""


class Laid(NamedTuple):
    """
    Records laid out: places on the tape, and numbers.

    Attributes:
        tape: All of them.
        ends: Where each stops being JSON; -1 where all of it is.
        documents: The place of each record; -1 where there is nothing of it.
        members: What each has under each of `NAMES`, or -1; shape (R, K).
        form: Its number in `FORMS`, or `NO_FORM`.
        fault: What makes it unreadable, beside JSON's own.
        fault_at: The place of that.
        forms: Of how many forms it has keys.
        turns: Of all records, in order; shape (T, 14).
        pieces: Places of the strings that each text consists of, turn after turn,
        bounds: and where those of each turn begin; shape (T + 1,).
        calls: Turn, id, name and arguments of each call of a message; shape (C, 4).
    """

    tape: Tape
    ends: Numbers
    documents: Places
    members: Places
    form: NDArray[np.int8]
    fault: NDArray[np.int8]
    fault_at: Places
    forms: NDArray[np.int8]
    turns: Places
    pieces: Places
    bounds: Places
    calls: Places


def lay_out(line: bytes, starts: Numbers, stops: Numbers) -> Laid:
    """Lay out the records in *line*."""
    tape, ends = judged(line, starts, stops, NAMES, DEEPEST)
    laid = _lay_out(
        np.frombuffer(line, np.uint8), tape.known, tape.where, stops, ends, _WORDS, _BOUNDS
    )
    return Laid(tape, ends, *laid)


@helper
def _is_word(
    line: Bytes, known: Places, where: Numbers, place: int, words: Bytes, bounds: Numbers,
    which: int, scratch: Bytes,
) -> bool:  # fmt: skip
    """Say whether a string is one of the words, however it is written."""
    at, stop = where[place, 0], where[place, 1]
    begin, length = bounds[which], bounds[which + 1] - bounds[which]
    if not known[place, 3]:
        if stop - at != length:
            return False
        same = 0
        while same < length and line[at + same] == words[begin + same]:
            same += 1
        return bool(same == length)
    same = 0
    while at < stop:
        scratch[0], size, at_ = line[at], 1, at + 1
        if line[at] == BACKSLASH:
            _, point, at_ = escape(line, at + 1, stop)
            size = put(scratch, 0, point)
        for n in range(size):
            if same >= length or words[begin + same] != scratch[n]:
                return False
            same += 1
        at = at_
    return bool(same == length)


@helper
def _there(known: Places, members: Places, row: int, key: int) -> bool:
    """Say whether a record has a value other than null under a key."""
    place = members[row, key]
    return bool(place >= 0 and known[place, 2] != NULL)


@helper
def _form_of(known: Places, members: Places, row: int) -> int:
    """
    The form of a record, by its keys.

    What says most comes first: outputs of OpenAI's pairs, the sides of a pair, a label, steps;
    then how its turns are written.
    """
    has_messages = _there(known, members, row, MESSAGES)
    has_turns = has_messages or _there(known, members, row, CONVERSATIONS)
    has_task = _there(known, members, row, INSTRUCTION)
    has_prompt = _there(known, members, row, PROMPT) or _there(known, members, row, COMPLETION)
    if _there(known, members, row, PREFERRED) or _there(known, members, row, NON_PREFERRED):
        return OPENAI_DPO
    if _there(known, members, row, CHOSEN) or _there(known, members, row, REJECTED):
        return PREFERENCE
    if members[row, KTO_TAG] >= 0:
        return KTO
    if _there(known, members, row, COMPLETIONS):
        return STEPWISE
    if members[row, LABEL] >= 0 and (has_turns or has_task or has_prompt):
        return KTO
    if has_messages:
        return OPENAI
    if has_turns:
        return SHAREGPT
    if has_task:
        return ALPACA
    return COMPLETED if has_prompt else NO_FORM


@helper
def _forms(known: Places, members: Places, row: int) -> int:
    """Of how many forms a record has keys."""
    count = 0
    for key in (TEXT, MESSAGES, CONVERSATIONS, INSTRUCTION, COMPLETIONS):
        count += _there(known, members, row, key)
    count += _there(known, members, row, PROMPT) and _there(known, members, row, COMPLETION)
    count += _there(known, members, row, PREFERRED) or _there(known, members, row, NON_PREFERRED)
    return count


@_step
def _blame(state: Numbers, fault: int, place: int) -> None:
    if state[_FAULT] == SOUND:
        state[_FAULT], state[_FAULT_AT] = fault, place


@_step
def _new(  # noqa: PLR0913, PLR0917
    turns: Places, bounds: Places, state: Numbers, row: int, side: int, turn: int, speaker: int,
    place: int, layout: int,
) -> int:  # fmt: skip
    """Begin a turn; return its number."""
    n = state[_N_TURNS]
    state[_N_TURNS] += 1
    turns[n, _ROW], turns[n, _SIDE], turns[n, _TURN] = row, side, turn
    turns[n, _SPEAKER], turns[n, _ROLE], turns[n, _KIND] = speaker, -1, SAID
    turns[n, _CALLS], turns[n, _UNKNOWN], turns[n, _WEIGHT] = 0, 0, ABSENT_WEIGHT
    turns[n, _CALL_ID], turns[n, _NAME], turns[n, _MEDIA] = -1, -1, 0
    turns[n, _PLACE], turns[n, _LAYOUT] = place, layout
    bounds[n] = state[_N_PIECES]
    return int(n)


@_step
def _say(pieces: Places, state: Numbers, place: int) -> None:
    pieces[state[_N_PIECES]] = place
    state[_N_PIECES] += 1


@_step
def _call(  # noqa: PLR0913, PLR0917
    known: Places, calls: Places, state: Numbers, turn: int, call: int, function: int
) -> None:
    """Take down a call: *function* has the name and the arguments; -1, it is within *call*."""
    here, stop = call + 1, len(known)
    id_, name, arguments, inner = -1, -1, -1, function
    while here < stop and known[here, 0] >= call:
        if known[here, 0] == call:
            if known[here, 1] == ID and function < 0:
                id_ = here
                if known[here, 2] not in (STRING, NULL):
                    _blame(state, CALL_SHAPE, here)
            elif known[here, 1] == FUNCTION and function < 0:
                inner = here
        if known[here, 0] == inner and inner >= 0:
            if known[here, 1] == NAME:
                name = here
            elif known[here, 1] == ARGUMENTS:
                arguments = here
        here += 1
    if inner < 0 or known[inner, 2] != OBJECT:
        _blame(state, CALL_SHAPE, inner if inner >= 0 else call)
    elif name < 0 or known[name, 2] != STRING:
        _blame(state, CALL_SHAPE, name if name >= 0 else call)
    elif arguments < 0 or known[arguments, 2] not in (STRING, OBJECT):
        _blame(state, CALL_SHAPE, arguments if arguments >= 0 else call)
    n = state[_N_CALLS]
    state[_N_CALLS] += 1
    calls[n, _C_TURN], calls[n, _C_ID] = turn, id_
    calls[n, _C_NAME], calls[n, _C_ARGUMENTS] = name, arguments


@_step
def _message(  # noqa: C901, PLR0912, PLR0913, PLR0914, PLR0915, PLR0917
    line: Bytes, known: Places, where: Numbers, words: Bytes, word_bounds: Numbers, scratch: Bytes, turns: Places,
    bounds: Places, pieces: Places, calls: Places, state: Numbers, row: int, side: int, turn: int,
    place: int,
) -> int:  # fmt: skip
    """Make a turn of a message; return the place behind it."""
    n = _new(turns, bounds, state, row, side, turn, OTHER_SPEAKER, place, BY_MESSAGES)
    here, stop = place + 1, len(known)
    if known[place, 2] != OBJECT:
        _blame(state, MESSAGE_KEYS, place)
        while here < stop and known[here, 0] >= place:
            here += 1
        return here
    role, content, listed, called, seen = -1, -1, -1, -1, 0
    while here < stop and known[here, 0] >= place:
        if known[here, 0] != place:
            here += 1
            continue
        key, kind = known[here, 1], known[here, 2]
        if key == ROLE:
            role = here
        elif key == CONTENT:
            content = here
        elif key == TOOL_CALLS:
            listed = here if kind != NULL else -1
        elif key == FUNCTION_CALL:
            called = here if kind != NULL else -1
        elif key == TOOL_CALL_ID:
            turns[n, _CALL_ID] = here
            if kind not in (STRING, NULL):
                _blame(state, MESSAGE_KEYS, here)
        elif key == NAME:
            turns[n, _NAME] = here
            if kind not in (STRING, NULL):
                _blame(state, MESSAGE_KEYS, here)
        elif key == WEIGHT:
            value = known[here, 4] if kind == NUMBER else -1
            turns[n, _WEIGHT] = value if value in (0, 1) else ODD_WEIGHT
        elif key not in (THINKING, REFUSAL):
            seen -= 1
        seen += 1
        here += 1
    end = here
    turns[n, _UNKNOWN] = known[place, 4] - seen
    if role < 0 or known[role, 2] != STRING:
        _blame(state, MESSAGE_KEYS, role if role >= 0 else place)
    else:
        turns[n, _ROLE] = role
        for word in range(len(SPEAKERS)):
            if _is_word(line, known, where, role, words, word_bounds, word, scratch):
                turns[n, _SPEAKER] = word
                break
    if listed >= 0:
        if known[listed, 2] != ARRAY:
            _blame(state, CALL_SHAPE, listed)
        here = listed + 1
        while here < end and known[here, 0] >= listed:
            if known[here, 0] == listed and known[listed, 2] == ARRAY:
                turns[n, _CALLS] += 1
                if known[here, 2] != OBJECT:
                    _blame(state, CALL_SHAPE, here)
                else:
                    _call(known, calls, state, n, here, -1)
            here += 1
    if called >= 0:
        turns[n, _CALLS] += 1
        if known[called, 2] != OBJECT:
            _blame(state, CALL_SHAPE, called)
        else:
            _call(known, calls, state, n, called, called)
    if content < 0 or known[content, 2] == NULL:
        turns[n, _KIND] = NOTHING
        if not turns[n, _CALLS]:
            _blame(state, MESSAGE_KEYS, content if content >= 0 else place)
    elif known[content, 2] == STRING:
        _say(pieces, state, content)
    elif known[content, 2] == ARRAY:
        turns[n, _KIND] = PARTS
        here = content + 1
        while here < end and known[here, 0] >= content:
            if known[here, 0] == content:
                if known[here, 2] == OBJECT:
                    here = _part(
                        line,
                        known,
                        where,
                        words,
                        word_bounds,
                        scratch,
                        turns,
                        pieces,
                        state,
                        n,
                        here,
                    )
                    continue
                turns[n, _KIND] = ODD
            here += 1
        if turns[n, _KIND] == ODD:
            state[_N_PIECES] = bounds[n]
    else:
        turns[n, _KIND] = ODD
    return end


@_step
def _part(  # noqa: PLR0913, PLR0917
    line: Bytes, known: Places, where: Numbers, words: Bytes, word_bounds: Numbers, scratch: Bytes, turns: Places,
    pieces: Places, state: Numbers, n: int, place: int,
) -> int:  # fmt: skip
    """Take what a part of a message says; return the place behind it."""
    here, stop = place + 1, len(known)
    type_, text, value = -1, -1, -1
    while here < stop and known[here, 0] >= place:
        if known[here, 0] == place:
            if known[here, 1] == TYPE:
                type_ = here
            elif known[here, 1] == TEXT and known[here, 2] != NULL:
                text = here
            elif known[here, 1] == VALUE:
                value = here
        here += 1
    if type_ < 0 or known[type_, 2] != STRING:
        turns[n, _KIND] = ODD
    elif _is_word(line, known, where, type_, words, word_bounds, _W_TEXT, scratch):
        said = text if text >= 0 else value
        if said < 0 or known[said, 2] != STRING:
            turns[n, _KIND] = ODD
        else:
            _say(pieces, state, said)
    else:
        turns[n, _MEDIA] += 1
    return here


@_step
def _tagged(  # noqa: PLR0913, PLR0917
    line: Bytes, known: Places, where: Numbers, words: Bytes, word_bounds: Numbers, scratch: Bytes, turns: Places,
    bounds: Places, pieces: Places, state: Numbers, row: int, side: int, turn: int, place: int,
) -> int:  # fmt: skip
    """Make a turn of a tag and a value, as ShareGPT has it; return the place behind it."""
    n = _new(turns, bounds, state, row, side, turn, OTHER_SPEAKER, place, BY_TAGS)
    here, stop = place + 1, len(known)
    tag, value, seen = -1, -1, 0
    while here < stop and known[here, 0] >= place:
        if known[here, 0] == place:
            if known[here, 1] == FROM:
                tag = here
                seen += 1
            elif known[here, 1] == VALUE:
                value = here
                seen += 1
        here += 1
    if known[place, 2] != OBJECT:
        _blame(state, SHAREGPT_SHAPE, place)
        return here
    turns[n, _UNKNOWN] = known[place, 4] - seen
    if tag < 0 or known[tag, 2] != STRING or value < 0 or known[value, 2] != STRING:
        bad = tag if tag >= 0 and known[tag, 2] != STRING else value
        _blame(state, SHAREGPT_SHAPE, bad if bad >= 0 and known[bad, 2] != STRING else place)
        return here
    turns[n, _ROLE] = tag
    if _is_word(line, known, where, tag, words, word_bounds, _W_HUMAN, scratch):
        turns[n, _SPEAKER] = S_USER
    elif _is_word(line, known, where, tag, words, word_bounds, _W_GPT, scratch):
        turns[n, _SPEAKER] = S_ASSISTANT
    elif _is_word(line, known, where, tag, words, word_bounds, S_SYSTEM, scratch):
        turns[n, _SPEAKER] = S_SYSTEM
    elif _is_word(line, known, where, tag, words, word_bounds, _W_OBSERVATION, scratch):
        turns[n, _SPEAKER] = S_TOOL
    elif _is_word(line, known, where, tag, words, word_bounds, _W_FUNCTION_CALL, scratch):
        turns[n, _SPEAKER], turns[n, _CALLS] = S_ASSISTANT, 1
    else:
        _blame(state, SHAREGPT_SHAPE, tag)
    _say(pieces, state, value)
    return here


@_step
def _field(  # noqa: PLR0913, PLR0917
    known: Places, turns: Places, bounds: Places, pieces: Places, state: Numbers, row: int,
    side: int, turn: int, speaker: int, place: int, fault: int,
) -> int:  # fmt: skip
    """Make a turn of a field that is a text; return the number of the next turn."""
    _new(turns, bounds, state, row, side, turn, speaker, place, BY_FIELDS)
    if known[place, 2] != STRING:
        _blame(state, fault, place)
    else:
        _say(pieces, state, place)
    return turn + 1


@_step
def _listed(  # noqa: PLR0913, PLR0917
    line: Bytes, known: Places, where: Numbers, words: Bytes, word_bounds: Numbers, scratch: Bytes, turns: Places,
    bounds: Places, pieces: Places, calls: Places, state: Numbers, row: int, side: int, turn: int,
    place: int, tagged: bool,
) -> int:  # fmt: skip
    """Make turns of a list; return the number of the next turn."""
    here, stop = place + 1, len(known)
    while here < stop and known[here, 0] >= place:
        if tagged:
            here = _tagged(
                line, known, where, words, word_bounds, scratch, turns, bounds, pieces, state, row, side,
                turn, here,
            )  # fmt: skip
        else:
            here = _message(
                line, known, where, words, word_bounds, scratch, turns, bounds, pieces, calls, state, row,
                side, turn, here,
            )  # fmt: skip
        turn += 1
    return turn


@kernel
def _lay_out(  # noqa: C901, PLR0912, PLR0914, PLR0915
    line: Bytes, known: Places, where: Numbers, stops: Numbers, ends: Numbers, words: Bytes,
    word_bounds: Numbers,
) -> tuple[
    Places, Places, NDArray[np.int8], NDArray[np.int8], Places, NDArray[np.int8], Places, Places,
    Places, Places,
]:  # fmt: skip
    count, most = len(stops), len(known)
    documents = np.full(count, -1, np.int32)
    members = np.full((count, len(NAMES)), -1, np.int32)
    form, fault = np.full(count, NO_FORM, np.int8), np.zeros(count, np.int8)
    fault_at, forms = np.full(count, -1, np.int32), np.zeros(count, np.int8)
    turns = np.empty((most + 4 * count + 1, 14), np.int32)
    bounds = np.zeros(most + 4 * count + 2, np.int32)
    pieces = np.empty(2 * most + 4 * count + 1, np.int32)
    calls = np.empty((most + 1, 4), np.int32)
    state, scratch = np.zeros(5, np.int64), np.zeros(8, np.uint8)
    row = -1
    for place in range(most):
        parent = known[place, 0]
        if parent < 0:
            row += 1
            while where[place, 0] > stops[row]:  # what is no JSON from its first byte on
                row += 1
            documents[row] = place
        elif parent == documents[row] and known[place, 1] >= 0:
            members[row, known[place, 1]] = place
    for row in range(count):
        root = documents[row]
        if root < 0 or ends[row] >= 0:
            continue
        state[_FAULT] = SOUND
        first_turn, first_piece, first_call = state[_N_TURNS], state[_N_PIECES], state[_N_CALLS]
        if known[root, 2] != OBJECT:
            fault[row], fault_at[row] = NO_OBJECT_AT_ALL, root
            continue
        mine = _form_of(known, members, row)
        form[row], forms[row] = mine, _forms(known, members, row)
        at = members[row]
        turn = 0
        if mine == NO_FORM:
            place = at[MESSAGES] if at[MESSAGES] >= 0 else root
            _blame(state, NO_MESSAGES, place)
        elif mine == OPENAI_DPO:
            inner = -1
            if at[INPUT] >= 0 and known[at[INPUT], 2] == OBJECT:
                here = at[INPUT] + 1
                while here < most and known[here, 0] >= at[INPUT]:
                    if known[here, 0] == at[INPUT] and known[here, 1] == MESSAGES:
                        inner = here
                    here += 1
            if inner < 0 or known[inner, 2] != ARRAY or not known[inner, 4]:
                _blame(state, DPO_SHAPE, inner if inner >= 0 else root)
            else:
                turn = _listed(
                    line, known, where, words, word_bounds, scratch, turns, bounds, pieces, calls, state,
                    row, 0, 0, inner, False,
                )  # fmt: skip
            for side, key in ((1, PREFERRED), (2, NON_PREFERRED)):
                place = at[key]
                if place < 0 or known[place, 2] != ARRAY or known[place, 4] != 1:
                    _blame(state, DPO_SHAPE, place if place >= 0 else root)
                    continue
                _listed(
                    line, known, where, words, word_bounds, scratch, turns, bounds, pieces, calls, state,
                    row, side, 0, place, False,
                )  # fmt: skip
                last = state[_N_TURNS] - 1
                if turns[last, _SPEAKER] != S_ASSISTANT:
                    _blame(state, DPO_SHAPE, place + 1)
        elif mine == STEPWISE:
            if at[PROMPT] < 0:
                _blame(state, STEPWISE_SHAPE, root)
            else:
                turn = _field(
                    known, turns, bounds, pieces, state, row, 0, 0, S_USER, at[PROMPT],
                    STEPWISE_SHAPE,
                )  # fmt: skip
            steps, labels = at[COMPLETIONS], at[LABELS]
            if known[steps, 2] != ARRAY or not known[steps, 4]:
                _blame(state, STEPWISE_SHAPE, steps)
            else:
                here = steps + 1
                while here < most and known[here, 0] >= steps:
                    if known[here, 0] == steps:
                        turn = _field(
                            known, turns, bounds, pieces, state, row, 0, turn, S_ASSISTANT, here,
                            STEPWISE_SHAPE,
                        )  # fmt: skip
                    here += 1
            if labels < 0 or known[labels, 2] != ARRAY:
                _blame(state, STEPWISE_SHAPE, labels if labels >= 0 else root)
            else:
                here = labels + 1
                while here < most and known[here, 0] >= labels:
                    if known[here, 0] == labels and known[here, 2] not in (TRUE, FALSE):
                        _blame(state, STEPWISE_SHAPE, here)
                    here += 1
        else:
            if mine == KTO:
                for key in (KTO_TAG, LABEL):
                    if at[key] >= 0 and known[at[key], 2] not in (TRUE, FALSE):
                        _blame(state, LABEL_TYPE, at[key])
            is_pair = mine == PREFERENCE
            one, other = at[CHOSEN], at[REJECTED]
            one_kind = known[one, 2] if one >= 0 else NULL
            other_kind = known[other, 2] if other >= 0 else NULL
            if is_pair and (one_kind not in (STRING, ARRAY, OBJECT) or one_kind != other_kind):
                bad = one if one_kind not in (STRING, ARRAY, OBJECT) else other
                _blame(state, PAIR_SHAPE, bad if bad >= 0 else root)
                is_pair = False
            tagged = False
            if _there(known, members, row, MESSAGES) and not (
                mine == PREFERENCE and (one_kind == ARRAY or _there(known, members, row, PROMPT))
            ):
                place = at[MESSAGES]
                if known[place, 2] != ARRAY or not known[place, 4]:
                    _blame(state, NO_MESSAGES, place)
                else:
                    turn = _listed(
                        line, known, where, words, word_bounds, scratch, turns, bounds, pieces, calls,
                        state, row, 0, 0, place, False,
                    )  # fmt: skip
            elif _there(known, members, row, CONVERSATIONS):
                place, tagged = at[CONVERSATIONS], True
                if _there(known, members, row, SYSTEM):
                    system = at[SYSTEM]
                    if known[system, 2] != STRING:
                        _blame(state, SHAREGPT_SHAPE, system)
                    elif where[system, 1] > where[system, 0]:
                        turn = _field(
                            known, turns, bounds, pieces, state, row, 0, turn, S_SYSTEM, system,
                            SHAREGPT_SHAPE,
                        )  # fmt: skip
                if known[place, 2] != ARRAY or not known[place, 4]:
                    _blame(state, SHAREGPT_SHAPE, place)
                else:
                    turn = _listed(
                        line, known, where, words, word_bounds, scratch, turns, bounds, pieces, calls,
                        state, row, 0, turn, place, True,
                    )  # fmt: skip
            elif _there(known, members, row, INSTRUCTION):
                turn = _task(known, where, members, turns, bounds, pieces, state, row, root, mine)
            else:
                place = at[PROMPT]
                is_needed = mine != PREFERENCE
                shape = PAIR_SHAPE if mine == PREFERENCE else COMPLETION_SHAPE
                if not _there(known, members, row, PROMPT):
                    if is_needed:
                        _blame(state, shape, root)
                elif known[place, 2] == ARRAY:
                    if not known[place, 4]:
                        _blame(state, shape, place)
                    turn = _listed(
                        line, known, where, words, word_bounds, scratch, turns, bounds, pieces,
                        calls, state, row, 0, 0, place, False,
                    )  # fmt: skip
                else:
                    turn = _field(
                        known, turns, bounds, pieces, state, row, 0, 0, S_USER, place, shape
                    )
                done = at[COMPLETION]
                if is_needed and (done < 0 or (place >= 0 and known[done, 2] != known[place, 2])):
                    _blame(state, shape, done if done >= 0 else root)
                elif is_needed and known[done, 2] == ARRAY:
                    if not known[done, 4]:
                        _blame(state, shape, done)
                    turn = _listed(
                        line, known, where, words, word_bounds, scratch, turns, bounds, pieces,
                        calls, state, row, 0, turn, done, False,
                    )  # fmt: skip
                elif is_needed:
                    turn = _field(
                        known, turns, bounds, pieces, state, row, 0, turn, S_ASSISTANT, done, shape
                    )
            if is_pair:
                for side, place in ((1, one), (2, other)):
                    if known[place, 2] == STRING:
                        _field(
                            known, turns, bounds, pieces, state, row, side, 0, S_ASSISTANT, place,
                            PAIR_SHAPE,
                        )  # fmt: skip
                    elif known[place, 2] == ARRAY:
                        if not known[place, 4]:
                            _blame(state, PAIR_SHAPE, place)
                        _listed(
                            line, known, where, words, word_bounds, scratch, turns, bounds, pieces, calls,
                            state, row, side, 0, place, tagged,
                        )  # fmt: skip
                    elif tagged:
                        _tagged(
                            line, known, where, words, word_bounds, scratch, turns, bounds, pieces, state,
                            row, side, 0, place,
                        )  # fmt: skip
                    else:
                        _message(
                            line, known, where, words, word_bounds, scratch, turns, bounds, pieces, calls,
                            state, row, side, 0, place,
                        )  # fmt: skip
        if state[_FAULT] != SOUND:
            fault[row], fault_at[row] = state[_FAULT], state[_FAULT_AT]
            state[_N_TURNS], state[_N_PIECES] = first_turn, first_piece
            state[_N_CALLS] = first_call
    n = state[_N_TURNS]
    bounds[n] = state[_N_PIECES]
    return (
        documents, members, form, fault, fault_at, forms, turns[:n],
        pieces[: state[_N_PIECES]], bounds[: n + 1], calls[: state[_N_CALLS]],
    )  # fmt: skip


@_step
def _task(  # noqa: C901, PLR0912, PLR0913, PLR0917
    known: Places, where: Numbers, members: Places, turns: Places, bounds: Places, pieces: Places,
    state: Numbers, row: int, root: int, form: int,
) -> int:  # fmt: skip
    """Make turns of a task as Alpaca writes it; return the number of the next turn."""
    at = members[row]
    turn, extra = 0, known[root, 4]
    for key in (INSTRUCTION, INPUT, SYSTEM, HISTORY, TOOLS, IMAGES, VIDEOS, AUDIOS):
        extra -= at[key] >= 0
    if form != PREFERENCE:
        extra -= at[OUTPUT] >= 0
    if form == KTO:
        extra -= at[KTO_TAG] >= 0
        extra -= at[LABEL] >= 0
    if form == PREFERENCE:
        extra -= at[CHOSEN] >= 0
        extra -= at[REJECTED] >= 0
    for key in (TEXT, MESSAGES, CONVERSATIONS, COMPLETIONS, PROMPT, COMPLETION):
        extra -= at[key] >= 0  # of another form: which is another fault
    if extra:
        _blame(state, ALPACA_SHAPE, root)
    for key in (INSTRUCTION, INPUT):
        if at[key] < 0 or known[at[key], 2] != STRING:
            _blame(state, ALPACA_SHAPE, at[key] if at[key] >= 0 else root)
    if form != PREFERENCE and (at[OUTPUT] < 0 or known[at[OUTPUT], 2] != STRING):
        _blame(state, ALPACA_SHAPE, at[OUTPUT] if at[OUTPUT] >= 0 else root)
    if state[_FAULT] != SOUND:
        return turn
    if at[SYSTEM] >= 0 and known[at[SYSTEM], 2] != NULL:
        system = at[SYSTEM]
        if known[system, 2] != STRING:
            _blame(state, ALPACA_SHAPE, system)
        elif where[system, 1] > where[system, 0]:
            turn = _field(
                known, turns, bounds, pieces, state, row, 0, turn, S_SYSTEM, system, ALPACA_SHAPE
            )
    if at[HISTORY] >= 0 and known[at[HISTORY], 2] != NULL:
        listed = at[HISTORY]
        if known[listed, 2] != ARRAY:
            _blame(state, ALPACA_SHAPE, listed)
        here = listed + 1
        while here < len(known) and known[here, 0] >= listed:
            if known[here, 0] == listed and (known[here, 2] != ARRAY or known[here, 4] != 2):
                _blame(state, ALPACA_SHAPE, here)
            elif known[here, 0] != listed and known[known[here, 0], 0] == listed:
                speaker = S_USER if here == known[here, 0] + 1 else S_ASSISTANT
                turn = _field(
                    known, turns, bounds, pieces, state, row, 0, turn, speaker, here, ALPACA_SHAPE
                )
            here += 1
    _new(turns, bounds, state, row, 0, turn, S_USER, at[INSTRUCTION], BY_FIELDS)
    _say(pieces, state, at[INSTRUCTION])
    if where[at[INPUT], 1] > where[at[INPUT], 0]:
        _say(pieces, state, NEWLINE_PIECE)
        _say(pieces, state, at[INPUT])
    turn += 1
    if form != PREFERENCE:
        turn = _field(
            known, turns, bounds, pieces, state, row, 0, turn, S_ASSISTANT, at[OUTPUT],
            ALPACA_SHAPE,
        )  # fmt: skip
    return turn
