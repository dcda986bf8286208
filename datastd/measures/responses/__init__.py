"""
Instruments for answers, for what they answer, and for pairs of a better and a worse one.

The answer of a sample is its ``response``, unless it is labelled false; of a pair, the side that
was ``chosen``.  What has no answer, or is no pair, is not wrong by these: that there has to be one,
the rules about structure say.
"""

import json
from typing import NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.measures import helper, kernel
from datastd.measures.responses import ends, said, signs
from datastd.measures.responses.signs import Signs
from datastd.measures.text import Utf8, utf8
from datastd.measures.text.pieces import Numbers
from datastd.measures.turns import turns_utf8  # noqa: F401  -- an intermediate, by its name
from datastd.sources.encoding import nulls

Flags: TypeAlias = NDArray[np.bool_]
Hashes: TypeAlias = NDArray[np.uint64]

_PARTED = "\x1e"  # between names of what is called, and arguments
TURN = pl.struct(
    "role", "text", pl.col("call_names").list.join(_PARTED, ignore_nulls=True),
    pl.col("call_arguments").list.join(_PARTED, ignore_nulls=True), "media",
)  # fmt: skip
"""All of a turn that is compared."""

SPACE = r"[\s\x1c-\x1f]"
"""Python's white space, as an expression of polars: for it, some controls are none."""


def answer(response: pl.Series, chosen: pl.Series, label: pl.Series) -> pl.Series:
    """What a model is to learn to say; null where there is nothing, or it is labelled false."""
    if label.null_count() < len(label):
        response = response.set((~label).fill_null(value=False), None)
    return chosen.zip_with(chosen.is_not_null(), response) if chosen.count() else response


def answer_utf8(answer: pl.Series) -> Utf8:
    """The bytes of answers."""
    return utf8(answer)


def answer_signs(answer_utf8: Utf8) -> Signs:
    """Signs in answers of what is looked for in them."""
    return signs.signs(answer_utf8)


def answer_bits(answer_utf8: Utf8, answer: pl.Series, answer_signs: Signs) -> Numbers:
    """How answers begin and end: `ends.ends`."""
    return ends.ends(answer_utf8, answer, answer_signs.fences)


def prompt_utf8(prompt: pl.Series) -> Utf8:
    """The bytes of what is answered."""
    return utf8(prompt)


def has_media(
    images: pl.Series, videos: pl.Series, audios: pl.Series, annotations: pl.DataFrame
) -> Flags:
    """Say of each sample whether pictures, films or recordings come with it; shape (N,)."""
    found = np.zeros(len(images), np.bool_)
    for listed in (images, videos, audios):
        if listed.count():
            found |= (listed > 0).fill_null(value=False).to_numpy()
    row, media = (annotations.get_column(name).to_numpy() for name in ("row", "media"))
    found[row[media > 0]] = True
    return found


class Turns(NamedTuple):
    """
    The turns of a batch as arrays, shape (T,) each.

    Attributes:
        row: The number of the sample.
        side: 0 of the conversation, 1 of what was chosen, 2 of what was rejected.
        is_answer: Whether an assistant says it.
        role: A number for each role, uint64.
        text: What they say; a series,
        utf8: and its bytes.
    """

    row: Numbers
    side: Numbers
    is_answer: Flags
    role: Hashes
    text: pl.Series
    utf8: Utf8

    def hashes(self, wanted: Numbers) -> Hashes:
        """
        Hash what those turns say that are wanted, by number; shape (W, 2).

        As `said.hashes` does; what an assistant says, which is most of it, as it is.
        """
        answers = self.is_answer[wanted]
        found = said.hashes(self.utf8, wanted, as_is=answers)
        if self.text.null_count():  # of what calls: an answer that is empty is another
            found[self.text.is_null().to_numpy()[wanted] & answers] = 0
        return found


def turn_arrays(annotations: pl.DataFrame, turns_utf8: Utf8) -> Turns:  # noqa: F811
    """The turns of a batch; those of one sample lie together, and those of a side in order."""
    role = annotations.get_column("role")
    return Turns(
        annotations.get_column("row").to_numpy(),
        annotations.get_column("side").cast(pl.Int64).to_numpy(),
        (role == "assistant").fill_null(value=False).to_numpy(),
        role.hash(0).to_numpy(),
        annotations.get_column("text"),
        turns_utf8,
    )


def turn_hashes(turn_arrays: Turns, annotations: pl.DataFrame) -> Hashes:
    """Hash what each turn says, and what it calls with which arguments; shape (T, 2)."""
    found = turn_arrays.hashes(np.arange(len(turn_arrays.row)))
    call = (annotations.get_column("call_names").is_not_null()).arg_true()
    if len(call):
        names, given = (annotations.get_column(one).gather(call)
                        for one in ("call_names", "call_arguments"))  # fmt: skip
        joined = [
            one.list.eval(pl.element().fill_null("")).list.join(_PARTED) for one in (names, given)
        ]
        found[call.to_numpy()] ^= said.hashes(utf8(joined[0] + _PARTED + joined[1]), cased=True)
    return found


def last_turns(annotations: pl.DataFrame) -> pl.DataFrame:
    """The last turn of each side of the pairs of a batch."""
    sides = annotations.filter(pl.col("side") > 0)
    is_last = pl.struct("row", "side").rle_id().diff(-1).ne_missing(0)
    return sides.filter(is_last)


class Sides(NamedTuple):
    """
    What both sides of each pair end with: what is said, and what is called; shape (N,) each.

    Null for what is no pair, and for what shows a picture, a film or sound: nobody compares it.
    """

    chosen: pl.Series
    rejected: pl.Series


def sides(chosen: pl.Series, annotations: pl.DataFrame) -> Sides:
    """Look at the last turn of both sides of each pair."""
    last = last_turns(annotations).filter(pl.col("media") == 0)
    row, side, text = (last.get_column(name) for name in ("row", "side", "text"))
    calling = (last.get_column("calls") > 0).arg_true()
    if len(calling):
        turns = last.select("text", "call_names", "call_arguments")[calling].rows()
        text = text.scatter(calling, pl.Series([_called(*one) for one in turns], dtype=pl.String))
    return Sides(*(
        nulls(len(chosen), pl.String).scatter(row.filter(side == n), text.filter(side == n))
        for n in (1, 2)
    ))  # fmt: skip


def _called(text: str | None, names: list[str] | None, given: list[str] | None) -> str:
    """What a turn says and calls; of JSON that is what it says, however it is written."""
    if names is None:  # the call is what it says
        return _plain(text or "")
    return _PARTED.join([text or "", *map(str, names), *map(_plain, given or ())])


def _plain(called: str) -> str:
    try:
        return json.dumps(json.loads(called), sort_keys=True)
    except (ValueError, RecursionError):  # F614 says so
        return called


def asked_turns(turn_arrays: Turns) -> Numbers:
    """The turns that are asked: they come before the answer.  Their numbers, in order."""
    row, side, is_answer = turn_arrays[:3]
    return np.flatnonzero(_asked(row, side, is_answer))


@helper
def _last_answer(side: Numbers, is_answer: Flags, start: int, stop: int) -> int:
    """The last answer of a conversation that is no pair; its end, where there is none."""
    last = stop
    for n in range(start, stop):
        if side[n]:
            return stop
        if is_answer[n]:
            last = n
    return last


@kernel
def _asked(row: Numbers, side: Numbers, is_answer: Flags) -> Flags:
    found = np.zeros(len(row), np.bool_)
    start = 0
    while start < len(row):
        stop = start
        while stop < len(row) and row[stop] == row[start]:
            stop += 1
        last, before = _last_answer(side, is_answer, start, stop), 0
        for n in range(start, last):
            before += side[n] == 0
            found[n] = side[n] == 0
        if not before:  # a pair whose sides each have the prompt: all but the last of one
            for n in range(start, stop - 1):
                found[n] = side[n] == 1 and side[n + 1] == 1
        start = stop
    return found
