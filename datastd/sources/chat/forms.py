"""
The forms of fine-tuning data, told from a record's tape: which it is, its turns, its faults.

One pass over the tape finds what each record has under which key; another makes its turns, in
their order, whatever the order of the keys.  Everything is a place on the tape until `reading`
makes strings of it.
"""

from typing import NamedTuple

import numpy as np
from numba.extending import register_jitable
from numpy.typing import NDArray

from datastd.kernels import helper, kernel
from datastd.sources.chat.turns import (
    ALPACA_SHAPE,
    BY_FIELD,
    BY_MESSAGE,
    BY_TAG,
    CALLS_,
    COMPLETION_SHAPE,
    DPO_SHAPE,
    FAULT,
    FAULT_AT,
    LABEL_TYPE,
    LINE_FEED,
    NO_MESSAGES,
    NO_RECORD,
    PAIR_SHAPE,
    PIECES,
    SCORE_TYPE,
    SHAREGPT_SHAPE,
    SOUND,
    SPEAKER,
    STEPWISE_SHAPE,
    THOUGHTS,
    TURNS,
    Given,
    Made,
    Places,
    begun,
    beyond,
    blame,
    field,
    listed,
    one_turn,
    say,
    step,
    texts,
)
from datastd.sources.chat.words import (
    AUDIOS,
    BY_ASSISTANT,
    BY_SYSTEM,
    BY_USER,
    CHOSEN,
    COMPLETION,
    COMPLETIONS,
    CONVERSATIONS,
    HISTORY,
    IMAGES,
    INPUT,
    INSTRUCTION,
    KTO_TAG,
    LABEL,
    LABELS,
    MESSAGES,
    NAMES,
    NON_PREFERRED,
    OUTPUT,
    PREFERRED,
    PROMPT,
    REJECTED,
    SCORE_CHOSEN,
    SCORE_REJECTED,
    SYSTEM,
    TEXT,
    TOOLS,
    VIDEOS,
)
from datastd.sources.encoding import Bytes, Numbers
from datastd.sources.jsonl.keys import DEEP, SEED, SLOTS, fresh, joined
from datastd.sources.jsonl.tape import (
    ARRAY,
    FALSE,
    KEYED,
    KIND,
    NULL,
    NUMBER,
    OBJECT,
    PARENT,
    START,
    STATE,
    STOP,
    STRING,
    TRUE,
    VALUES,
    Tape,
    blank,
    most,
    one,
    roomy,
)

_OF_EACH = 64  # bytes of a value and its key, if there is no more to it than to most
_DEEPEST = 8  # beyond the arguments of a call in the input of a pair
_TWO = 2  # texts of a task that was solved before

FORMS = (
    "openai", "sharegpt", "alpaca", "completion", "preference", "kto", "stepwise", "openai-dpo",
)  # fmt: skip
_OPENAI, _SHAREGPT, _ALPACA, _COMPLETED, _PREFERENCE, _KTO, _STEPWISE, _DPO = range(len(FORMS))
_NO_FORM = -1


class Laid(NamedTuple):
    """
    Records laid out: places on the tape, and numbers.

    Attributes:
        tape: All of them.
        ends: Where each stops being JSON; -1 where all of it is.
        documents: The place of each record; -1 where there is nothing of it.
        members: What each has under each of `NAMES`, or -1; shape (R, K).
        form: Its number in `FORMS`; -1 for none.
        fault: What makes it unreadable, beside what is wrong with it as JSON.
        fault_at: The place of that.
        forms: Of how many forms it has keys.
        turns: Of all records that are sound, in order; as `Made` has them, like what follows.
        pieces: Places of the strings that their texts consist of,
        bounds: and where those of each turn begin.
        calls: Calls of messages,
        thoughts: and what is thought beside what they say.
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
    thoughts: Places


def lay_out(line: bytes, starts: Numbers, stops: Numbers) -> Laid:
    """Lay out the records in *line*."""
    found = _lay_out(np.frombuffer(line, np.uint8), starts, stops, *joined(NAMES), SEED)
    return Laid(Tape(found[0], found[1]), *found[2:])


@helper
def _there(known: Places, at: Places, key: int) -> bool:
    """Say whether a record, whose members are *at* these places, has a value other than null."""
    return bool(at[key] >= 0 and known[at[key], KIND] != NULL)


@helper
def _form(known: Places, at: Places) -> int:  # noqa: PLR0911
    """The form of a record, by its keys: `datastd.records.chat.record_of` says which."""
    has_messages = _there(known, at, MESSAGES)
    has_turns = has_messages or _there(known, at, CONVERSATIONS)
    has_task = _there(known, at, INSTRUCTION)
    has_prompt = _there(known, at, PROMPT) or _there(known, at, COMPLETION)
    if _there(known, at, PREFERRED) or _there(known, at, NON_PREFERRED):
        return _DPO
    if _there(known, at, CHOSEN) or _there(known, at, REJECTED):
        return _PREFERENCE
    if at[KTO_TAG] >= 0:
        return _KTO
    if _there(known, at, COMPLETIONS):
        return _STEPWISE
    if at[LABEL] >= 0 and (has_turns or has_task or has_prompt):
        return _KTO
    if has_turns:
        return _OPENAI if has_messages else _SHAREGPT
    if has_task:
        return _ALPACA
    return _COMPLETED if has_prompt else _NO_FORM


@helper
def _forms(known: Places, at: Places) -> int:
    """Of how many forms a record has keys."""
    count = 0
    for key in (TEXT, MESSAGES, CONVERSATIONS, INSTRUCTION, COMPLETIONS):
        count += _there(known, at, key)
    count += _there(known, at, PROMPT) and _there(known, at, COMPLETION)
    count += _there(known, at, PREFERRED) or _there(known, at, NON_PREFERRED)
    if _there(known, at, CHOSEN) or _there(known, at, REJECTED):
        # A pair stands beside what it answers, in whatever form, and beside no third answer.
        for key in (TEXT, COMPLETION, COMPLETIONS, PREFERRED, NON_PREFERRED):
            if _there(known, at, key):
                return max(count + 1, 2)
    return count


@step
def _scores(given: Given, made: Made, at: Places) -> None:
    """Blame scores that are no numbers; null is none."""
    for key in (SCORE_CHOSEN, SCORE_REJECTED):
        if _there(given.known, at, key) and given.known[at[key], KIND] != NUMBER:
            blame(made, SCORE_TYPE, at[key])


@step
def _openai_pair(given: Given, made: Made, row: int, root: int, at: Places) -> None:
    """Make turns of two answers as OpenAI writes them."""
    known, messages = given.known, -1
    _scores(given, made, at)
    if at[INPUT] >= 0 and known[at[INPUT], KIND] == OBJECT:
        for here in range(at[INPUT] + 1, beyond(given, at[INPUT])):
            if known[here, PARENT] == at[INPUT] and known[here, KEYED] == MESSAGES:
                messages = here
    if messages < 0:
        blame(made, DPO_SHAPE, root)
        return
    listed(given, made, row, 0, 0, messages, BY_MESSAGE, DPO_SHAPE)
    for side, key in ((1, PREFERRED), (2, NON_PREFERRED)):
        place = at[key]
        if place < 0 or known[place, KIND] != ARRAY or known[place, VALUES] != 1:
            blame(made, DPO_SHAPE, place if place >= 0 else root)
        else:
            listed(given, made, row, side, 0, place, BY_MESSAGE, DPO_SHAPE)
            if made.turns[made.counts[TURNS] - 1, SPEAKER] != BY_ASSISTANT:
                blame(made, DPO_SHAPE, place)


@step
def _steps(given: Given, made: Made, row: int, root: int, at: Places) -> None:
    """Make turns of an answer in steps."""
    known, steps, labels, turn = given.known, at[COMPLETIONS], at[LABELS], 0
    if at[PROMPT] < 0:
        blame(made, STEPWISE_SHAPE, root)
    else:
        turn = field(given, made, row, 0, turn, BY_USER, at[PROMPT], STEPWISE_SHAPE)
    if known[steps, KIND] != ARRAY or not known[steps, VALUES]:
        blame(made, STEPWISE_SHAPE, steps)
    for here in range(steps + 1, beyond(given, steps)):
        if known[here, PARENT] == steps:
            turn = field(given, made, row, 0, turn, BY_ASSISTANT, here, STEPWISE_SHAPE)
    if labels < 0 or known[labels, KIND] != ARRAY:
        blame(made, STEPWISE_SHAPE, labels if labels >= 0 else root)
        return
    for here in range(labels + 1, beyond(given, labels)):
        if known[here, PARENT] == labels and known[here, KIND] not in (TRUE, FALSE):
            blame(made, STEPWISE_SHAPE, here)


@step
def _system(given: Given, made: Made, row: int, place: int, fault: int) -> int:
    """Make a turn of what stands before all others; return the number of the next turn."""
    if place < 0 or given.known[place, KIND] == NULL:
        return 0
    if given.known[place, KIND] == STRING and given.where[place, START] == given.where[place, STOP]:
        return 0
    return field(given, made, row, 0, 0, BY_SYSTEM, place, fault)


@step
def _history(given: Given, made: Made, row: int, turn: int, place: int) -> int:
    """Make turns of earlier tasks and what solved them; return the number of the next turn."""
    known = given.known
    if known[place, KIND] != ARRAY:
        blame(made, ALPACA_SHAPE, place)
    here, stop = place + 1, beyond(given, place)
    while here < stop:
        if known[here, KIND] != ARRAY or known[here, VALUES] != _TWO:
            blame(made, ALPACA_SHAPE, here)
            return turn
        turn = field(given, made, row, 0, turn, BY_USER, here + 1, ALPACA_SHAPE)
        turn = field(given, made, row, 0, turn, BY_ASSISTANT, beyond(given, here + 1), ALPACA_SHAPE)
        here = beyond(given, here)
    return turn


@helper
def is_of_task(form: int, key: int) -> bool:
    """Say whether a key may stand in a task, as Alpaca writes it, of a form."""
    if key == OUTPUT:
        return form != _PREFERENCE
    if key in (CHOSEN, REJECTED):
        return form == _PREFERENCE
    if key in (KTO_TAG, LABEL):
        return form == _KTO
    return key in (
        INSTRUCTION, INPUT, SYSTEM, HISTORY, TOOLS, IMAGES, VIDEOS, AUDIOS,
        # Of another form: which is another fault.
        TEXT, MESSAGES, CONVERSATIONS, COMPLETIONS, PROMPT, COMPLETION,
    )  # fmt: skip


@step
def _task(given: Given, made: Made, row: int, root: int, at: Places, form: int) -> None:  # noqa: PLR0913, PLR0917
    """Make turns of a task as Alpaca writes it."""
    others = given.known[root, VALUES]
    for key in range(len(NAMES)):
        others -= at[key] >= 0 and is_of_task(form, key)
    if others:
        blame(made, ALPACA_SHAPE, root)
    for key in (INSTRUCTION, INPUT, OUTPUT):
        if key == OUTPUT and form == _PREFERENCE:
            continue
        if at[key] < 0 or given.known[at[key], KIND] != STRING:
            blame(made, ALPACA_SHAPE, at[key] if at[key] >= 0 else root)
            return
    turn = _system(given, made, row, at[SYSTEM], ALPACA_SHAPE)
    if _there(given.known, at, HISTORY):
        turn = _history(given, made, row, turn, at[HISTORY])
    begun(made, row, 0, turn, BY_USER, BY_FIELD)
    say(made, at[INSTRUCTION])
    if given.where[at[INPUT], STOP] > given.where[at[INPUT], START]:
        say(made, LINE_FEED)
        say(made, at[INPUT])
    if form != _PREFERENCE:
        field(given, made, row, 0, turn + 1, BY_ASSISTANT, at[OUTPUT], ALPACA_SHAPE)


@step
def _prompt(given: Given, made: Made, row: int, root: int, at: Places, form: int) -> None:  # noqa: PLR0913, PLR0917
    """Make turns of a prompt and of what goes on from it."""
    known, turn, place, done = given.known, 0, at[PROMPT], at[COMPLETION]
    fault = PAIR_SHAPE if form == _PREFERENCE else COMPLETION_SHAPE
    if _there(known, at, PROMPT):
        turn = texts(given, made, row, 0, turn, place, BY_USER, fault)
    elif form != _PREFERENCE:
        blame(made, fault, root)
    if form == _PREFERENCE:
        return
    if done < 0 or (place >= 0 and known[done, KIND] != known[place, KIND]):
        blame(made, fault, done if done >= 0 else root)
    else:
        texts(given, made, row, 0, turn, done, BY_ASSISTANT, fault)


@step
def _conversation(given: Given, made: Made, row: int, root: int, at: Places, form: int) -> None:  # noqa: C901, PLR0912, PLR0913, PLR0917
    """Make turns of whatever else there is: two sides of a pair come last."""
    known, layout = given.known, BY_MESSAGE
    one, other = at[CHOSEN], at[REJECTED]
    kind = known[one, KIND] if one >= 0 else NULL
    is_pair = form == _PREFERENCE
    if is_pair and kind not in (STRING, ARRAY, OBJECT):
        blame(made, PAIR_SHAPE, one if one >= 0 else root)
    elif is_pair and (other < 0 or known[other, KIND] != kind):
        blame(made, PAIR_SHAPE, other if other >= 0 else root)
    if is_pair:
        _scores(given, made, at)
    if form == _KTO:
        for key in (KTO_TAG, LABEL):
            if at[key] >= 0 and known[at[key], KIND] not in (TRUE, FALSE):
                blame(made, LABEL_TYPE, at[key])
    # Beside a prompt, and beside sides that are whole conversations, messages are not read.
    if _there(known, at, MESSAGES) and not (
        is_pair and (kind == ARRAY or _there(known, at, PROMPT))
    ):
        listed(given, made, row, 0, 0, at[MESSAGES], BY_MESSAGE, NO_MESSAGES)
    elif _there(known, at, CONVERSATIONS):
        layout = BY_TAG
        turn = _system(given, made, row, at[SYSTEM], SHAREGPT_SHAPE)
        listed(given, made, row, 0, turn, at[CONVERSATIONS], layout, SHAREGPT_SHAPE)
    elif _there(known, at, INSTRUCTION):
        _task(given, made, row, root, at, form)
    else:
        _prompt(given, made, row, root, at, form)
    if not is_pair or made.counts[FAULT] != SOUND:
        return
    for side, place in ((1, one), (2, other)):
        if kind == STRING:
            field(given, made, row, side, 0, BY_ASSISTANT, place, PAIR_SHAPE)
        elif kind == ARRAY:
            listed(given, made, row, side, 0, place, layout, PAIR_SHAPE)
        else:
            one_turn(given, made, row, side, 0, place, layout)


@step
def _lay(  # noqa: PLR0913, PLR0917
    given: Given, made: Made, row: int, root: int, members: Places, form: NDArray[np.int8],
    fault: NDArray[np.int8], fault_at: Places, forms: NDArray[np.int8],
) -> None:  # fmt: skip
    """Make the turns of a record, the last on the tape, if it is sound."""
    known, at, counts = given.known, members[row], made.counts
    for place in range(root + 1, len(known)):
        if known[place, PARENT] == root and known[place, KEYED] >= 0:
            at[known[place, KEYED]] = place
    turns, pieces = counts[TURNS], counts[PIECES]
    calls, thoughts = counts[CALLS_], counts[THOUGHTS]
    counts[FAULT] = SOUND
    if known[root, KIND] != OBJECT:
        blame(made, NO_RECORD, root)
    else:
        form[row], forms[row] = _form(known, at), _forms(known, at)
        if form[row] == _NO_FORM:
            blame(made, NO_MESSAGES, at[MESSAGES] if at[MESSAGES] >= 0 else root)
        elif form[row] == _DPO:
            _openai_pair(given, made, row, root, at)
        elif form[row] == _STEPWISE:
            _steps(given, made, row, root, at)
        else:
            _conversation(given, made, row, root, at, form[row])
    if counts[FAULT] != SOUND:
        fault[row], fault_at[row] = counts[FAULT], counts[FAULT_AT]
        counts[TURNS], counts[PIECES] = turns, pieces
        counts[CALLS_], counts[THOUGHTS] = calls, thoughts


@register_jitable
def _roomy(made: Made, more: int) -> Made:
    """The same with room for a record of so many values: no more turns than these, and a task's."""
    counts = made.counts
    turns, pieces, calls, thoughts = (
        counts[TURNS], counts[PIECES], counts[CALLS_], counts[THOUGHTS],
    )  # fmt: skip
    if (
        turns + more + 2 <= len(made.turns) and pieces + 2 * more + 1 <= len(made.pieces)
        and calls + more <= len(made.calls) and thoughts + more <= len(made.thoughts)
    ):  # fmt: skip
        return made
    size = 2 * len(made.turns) + 2 * more + 2
    found = Made(
        np.empty((size, 13), np.int32), np.empty(2 * size, np.int32), np.empty(size, np.int32),
        np.empty((size, 4), np.int32), np.empty((size, 2), np.int32), counts,
    )  # fmt: skip
    found.turns[:turns], found.pieces[:pieces] = made.turns[:turns], made.pieces[:pieces]
    found.bounds[:turns], found.calls[:calls] = made.bounds[:turns], made.calls[:calls]
    found.thoughts[:thoughts] = made.thoughts[:thoughts]
    return found


@kernel
def _lay_out(  # noqa: PLR0913, PLR0917
    line: Bytes, starts: Numbers, stops: Numbers, wanted: Bytes, bounds: Numbers, seed: np.uint64
) -> tuple[
    Places, Numbers, Numbers, Places, Places, NDArray[np.int8], NDArray[np.int8], Places,
    NDArray[np.int8], Places, Places, Places, Places, Places,
]:  # fmt: skip
    """Lay out each record while the processor still has it at hand."""
    count, values = len(stops), 0
    documents, ends = np.full(count, -1, np.int32), np.full(count, -1, np.int64)
    members = np.full((count, len(NAMES)), -1, np.int32)
    form, fault = np.full(count, _NO_FORM, np.int8), np.zeros(count, np.int8)
    fault_at, forms = np.full(count, -1, np.int32), np.zeros(count, np.int8)
    open_, state = np.zeros((3, DEEP + 1), np.int64), np.zeros(STATE, np.int64)
    table, scratch = fresh(SLOTS), np.zeros(8, np.uint8)
    known, where = blank(max(count, len(line) // _OF_EACH))
    made = Made(
        np.empty((0, 13), np.int32), np.empty(0, np.int32), np.empty(0, np.int32),
        np.empty((0, 4), np.int32), np.empty((0, 2), np.int32), np.zeros(6, np.int64),
    )  # fmt: skip
    for row in range(count):
        known, where = roomy(known, where, values, most(starts[row], stops[row], _DEEPEST))
        before = values
        ends[row], values, table = one(
            line, starts[row], stops[row], row, values, state, open_, table, known, where, wanted,
            bounds, _DEEPEST, seed, scratch,
        )  # fmt: skip
        if values == before:  # what is no JSON from its first byte on
            continue
        documents[row] = before
        if ends[row] < 0:
            made = _roomy(made, values - before)
            given = Given(line, known[:values], where, scratch)
            _lay(given, made, row, before, members, form, fault, fault_at, forms)
    counts = made.counts
    made = _roomy(made, 0)
    made.bounds[counts[TURNS]] = counts[PIECES]
    return (
        known[:values], where[:values], ends, documents, members, form, fault, fault_at, forms,
        made.turns[: counts[TURNS]], made.pieces[: counts[PIECES]],
        made.bounds[: counts[TURNS] + 1], made.calls[: counts[CALLS_]],
        made.thoughts[: counts[THOUGHTS]],
    )  # fmt: skip
