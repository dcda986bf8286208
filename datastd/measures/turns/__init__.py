"""
Instruments for turns: who speaks in a conversation, in which order, and what is said.

A conversation of messages, as OpenAI writes it, is what lies on side 0 and, of a pair, what
lies on either side behind it.  Turns written with tags, as ShareGPT's are, have rules of their
own; a prompt, a completion or a task that is a string alone has no order that could be wrong.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.bits import BLOCK, first
from datastd.blocks import those
from datastd.kernels import kernel
from datastd.measures.text import Utf8, utf8
from datastd.measures.text.unseen import is_blank
from datastd.measures.turns.marks import (
    BEGINS,
    CLOSES,
    CONTROL,
    IMAGE,
    OPENS,
    WIDE,
    mark_at,
)

Counts: TypeAlias = NDArray[np.int64]  # (N,)
Flags: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.int64]

SYSTEM, DEVELOPER, USER, ASSISTANT, TOOL, FUNCTION = range(6)
"""Who speaks, as the column ``speaker`` has it; -1 is anyone else."""

MESSAGE, TAGGED, FIELD = range(3)
"""How a turn is written, as the column ``layout`` has it."""

SAID, PARTS, NOTHING, ODD = range(4)
"""What its content is, as the column ``content`` has it: text, parts, null, or none of these."""

NO_WEIGHT, ODD_WEIGHT = -2, -1
"""What the column ``weight`` has where there is none, and where it is neither 0 nor 1."""

REJECTED = 2
"""The side of a pair that nobody learns."""

_NOBODY = -2

SFT = ("openai", "kto", "completion")
"""Forms of conversations that end with what is to be learnt."""

_begin = those((*BEGINS.encode(), WIDE))


class Order(NamedTuple):
    """
    Of each sample, what is wrong with the order of its turns; shape (N,) each.

    Attributes:
        messages: Turns of its conversation that are messages.
        answers: Those of the assistant.
        last: Who speaks last in it; -2 where nobody does.
        systems: Messages of the system, or the developer, that are not the first.
        users: Messages of the user that follow another.
        unasked: Messages of the assistant that follow neither the user nor a tool.
        tags: Turns that are written with tags, without the system's first.
        misplaced: Those of them that are on the wrong place.
        weighted: Messages of the assistant that have a weight,
        unweighted: and those of a weight of 0.
    """

    messages: Counts
    answers: Counts
    last: Counts
    systems: Counts
    users: Counts
    unasked: Counts
    tags: Counts
    misplaced: Counts
    weighted: Counts
    unweighted: Counts


def is_sft(form: pl.Series) -> Flags:
    """Say which samples end with what is to be learnt: those of the forms `SFT`."""
    found = np.zeros(len(form), np.bool_)
    for one in SFT:  # three comparisons take less than one look into a list of strings
        found |= (form == one).to_numpy()
    return found


def order(annotations: pl.DataFrame, turns: NDArray[np.int64]) -> Order:
    """Look at the order of the turns of each sample."""
    names = "row", "side", "turn", "speaker", "layout", "weight"
    asked = [annotations.get_column(name).to_numpy() for name in names]
    return Order(*_order(len(turns), *asked).T)


@kernel
def _order(  # noqa: C901, PLR0913, PLR0917
    count: int, row: Numbers, side: Numbers, turn: Numbers, speaker: Numbers, layout: Numbers,
    weight: Numbers,
) -> Numbers:  # fmt: skip
    found = np.zeros((count, 10), np.int64)
    found[:, 2] = _NOBODY
    ends = np.full(
        count, _NOBODY, np.int64
    )  # who speaks last on side 0, whatever a turn is written as
    before, place = _NOBODY, 0
    for n in range(len(row)):
        at, who = row[n], int(speaker[n])
        if turn[n] == 0:
            before = int(ends[at]) if side[n] else _NOBODY
            place = -1  # before the first that has a tag
        if side[n] == 0:
            ends[at] = who
        if layout[n] == MESSAGE:
            if side[n] == 0:
                found[at, 0] += 1
                found[at, 1] += who == ASSISTANT
                found[at, 2] = who
            if who in (SYSTEM, DEVELOPER):
                found[at, 3] += before != _NOBODY
            elif who == USER:
                found[at, 4] += before == USER
            elif who == ASSISTANT:
                found[at, 5] += before not in (USER, TOOL, FUNCTION)
                found[at, 8] += weight[n] != NO_WEIGHT
                found[at, 9] += weight[n] == 0
        elif layout[n] == TAGGED and side[n] == 0:
            if place < 0 and who == SYSTEM:
                place = 0
                found[at, 3] += before == SYSTEM  # beside the conversation there is another
            else:
                place = max(place, 0)
                is_right = who in (USER, TOOL) if place % 2 == 0 else who == ASSISTANT
                found[at, 6] += 1
                found[at, 7] += not is_right
                place += 1
        before = who
    return found


class Said(NamedTuple):
    """
    What the texts of each sample hold; shape (N,) each.

    Attributes:
        blank: Turns that say nothing, and call and show nothing.
        controls: Control strings of chat templates (`marks.CONTROLS`).
        images, videos, audios: Places for them (`marks.MEDIA`).
        unbalanced: Turns in which thinking begins and does not end, or the other way round, or
            begins within itself, or ends first.
        thinking: Answers of the assistant in which it thinks,
        answers: and all of them, on one side.
    """

    blank: Counts
    controls: Counts
    images: Counts
    videos: Counts
    audios: Counts
    unbalanced: Counts
    thinking: Counts
    answers: Counts


def turns_utf8(annotations: pl.DataFrame) -> Utf8:
    """The bytes of what turns say."""
    return utf8(annotations.get_column("text"))


def said(annotations: pl.DataFrame, turns_utf8: Utf8, turns: NDArray[np.int64]) -> Said:
    """Look through the texts of each sample, once for all that ask."""
    names = "row", "side", "speaker", "content", "calls", "media"
    asked = [annotations.get_column(name).to_numpy() for name in names]
    return Said(*_said(len(turns), *turns_utf8, *asked).T)


def controls_in(text: pl.Series) -> Counts:
    """How many control strings there are in each text, of whatever it is."""
    # Of the types that the columns of turns have: for others the kernel is compiled anew.
    none, some = (pl.zeros(len(text), kind, eager=True).to_numpy() for kind in (pl.Int8, pl.Int64))
    row = pl.int_range(len(text), eager=True).to_numpy()
    found: Counts = _said(len(text), *utf8(text), row, none, none, none, some, some)[:, 1]
    return found


@kernel
def _said(  # noqa: C901, PLR0913, PLR0917
    count: int, content: NDArray[np.uint8], offsets: Numbers, row: Numbers, side: Numbers,
    speaker: Numbers, kind: Numbers, calls: Numbers, media: Numbers,
) -> Numbers:  # fmt: skip
    found = np.zeros((count, 8), np.int64)
    for n in range(len(row)):
        at, stop, sample = offsets[n], offsets[n + 1], row[n]
        says = calls[n] or media[n] or not is_blank(content, at, stop)
        found[sample, 0] += kind[n] == ODD or not says
        depth, opens, closes, nested = 0, 0, 0, False
        while at < stop:
            if at + BLOCK <= len(content):
                hit = _begin(content, at)
                at += first(hit) if hit else BLOCK
                if not hit or at >= stop:
                    continue
            if content[at] in (0x3C, 0x5B, 0x23, WIDE):
                mark = mark_at(content, at, stop)
                if mark == OPENS:
                    opens += 1
                    nested |= depth > 0
                    depth += 1
                elif mark == CLOSES:
                    closes += 1
                    nested |= depth == 0  # it ends before it begins
                    depth = max(depth - 1, 0)
                elif mark >= IMAGE:
                    found[sample, 2 + mark - IMAGE] += 1
                elif mark == CONTROL:
                    found[sample, 1] += 1
            at += 1
        found[sample, 5] += opens != closes or nested
        if speaker[n] == ASSISTANT and side[n] != REJECTED:
            found[sample, 6] += opens > 0
            found[sample, 7] += 1
    return found
