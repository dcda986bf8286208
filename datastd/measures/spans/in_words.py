"""What is wrong with answers in a text, in words: where one is instead, and what lacks."""

from collections.abc import Callable, Iterable

import numpy as np
import polars as pl

from datastd.measures import words
from datastd.measures.spans import Bits
from datastd.measures.spans.places import is_of_word
from datastd.quiet import named
from datastd.sources import Shared
from datastd.words import many

_KINDS = "none", "true or false", "another value"


def _each(say: Callable[..., str | None], *columns: Iterable[object]) -> pl.Series:
    return pl.Series([say(*one) for one in zip(*columns, strict=True)], dtype=pl.String)


def _contexts(context: Shared, row: pl.Series) -> Iterable[str]:
    return context.values.gather(context.which[row.to_numpy()])


def _where(whole: str, text: str, start: int) -> str:
    """Where a text is that is not where it should be: the place that is nearest."""
    places, at = [], whole.find(text)
    while at >= 0 and text:
        places.append(at)
        at = whole.find(text, at + 1)
    if not places:
        return "found it nowhere in the context"
    more = f", and {many(len(places) - 1, 'other place')}" if len(places) > 1 else ""
    return f"found it at {min(places, key=lambda one: abs(one - start))}{more}"


@words("annotations")
def misaligned_said(
    context: Shared, row: pl.Series, start: pl.Series, text: pl.Series
) -> pl.Series:
    """Where the answer is instead."""
    return _each(
        lambda whole, at, one: f"expected the answer at {at}, {_where(whole, one, at)}",
        _contexts(context, row), start, text,
    )  # fmt: skip


@words("annotations")
def plausible_wrong_said(
    context: Shared, row: pl.Series, start: pl.Series, text: pl.Series, impossible: pl.Series
) -> pl.Series:  # fmt: skip
    """Where it is instead, or that its question has an answer."""
    flags = impossible.fill_null(value=False).to_numpy()[row.to_numpy()].tolist()

    def say(whole: str, at: int, one: str, is_impossible: bool) -> str:  # noqa: FBT001
        if not is_impossible:
            return (
                "expected plausible answers of questions without an answer, found one that has it"
            )
        return f"expected the plausible answer at {at}, {_where(whole, one, at)}"

    return _each(say, _contexts(context, row), start, text, flags)


@words("annotations")
def beyond_points_said(
    context: Shared, row: pl.Series, start: pl.Series, text: pl.Series
) -> pl.Series:
    """Where the answer would end, and where the context does."""
    return _each(
        lambda whole, at, one: f"expected an end within {len(whole)} characters, found {at} + "
        f"{len(one)}",
        _contexts(context, row), start, text,
    )  # fmt: skip


@words()
def impossible_kind_said(flag: Bits) -> pl.Series:
    """What it is."""
    expected = "expected is_impossible true or false in version 2.0, and none in 1.1"
    return _each(lambda one: f"{expected}, found {_KINDS[one]}", np.asarray(flag).tolist())


@words("annotations")
def nothing_left_said(text: pl.Series) -> pl.Series:
    """Which of those few answers of which nothing is left."""
    return _each(lambda one: f"expected a word that counts, found {named(one)}", text)


@words("annotations")
def edge_marks_said(text: pl.Series) -> pl.Series:
    """What it begins and ends with."""

    def say(one: str) -> str:
        ends = f"{named(one[:1])} and {named(one[-1:])}"
        return f"expected letters, digits or marks in pairs at both ends, found {ends}"

    return _each(say, text)


@words("annotations")
def splits_word_said(
    context: Shared, row: pl.Series, start: pl.Series, text: pl.Series
) -> pl.Series:
    """On which side a word goes on."""

    def say(whole: str, at: int, one: str) -> str:
        before, behind = whole[max(at - 1, 0) : at], whole[at + len(one) : at + len(one) + 1]
        sides = {"before it": before and all(map(is_of_word, before + one[0])),
                 "behind it": behind and all(map(is_of_word, one[-1] + behind))}  # fmt: skip
        where = " and ".join(side for side, goes_on in sides.items() if goes_on)
        return f"expected whole words, found one that goes on {where}"

    return _each(say, _contexts(context, row), start, text)


@words("annotations")
def bert_unrecoverable_said(text: pl.Series) -> pl.Series:
    """Which white space it is."""

    def say(one: str) -> str | None:
        odd = [letter for letter in one if letter.isspace() and letter not in " \t\r\n\u202f"]
        return f"expected plain spaces between words, found U+{ord(odd[0]):04X}" if odd else None

    return _each(say, text)


@words("annotations")
def given_away_said(text: pl.Series) -> pl.Series:
    """How much of it is there."""
    return _each(
        lambda one: f"expected a question without it, found all {len(one)} characters",
        text,
    )  # fmt: skip


@words()
def context_edge_said(context: Shared) -> pl.Series:
    """At which end, and how much."""

    def say(whole: str) -> str:
        first, last = (len(whole) - len(one) for one in (whole.lstrip(), whole.rstrip()))
        return (
            f"expected no white space at either end, found {first} before it and {last} behind it"
        )

    return _each(say, context.values.gather(context.which))


@words()
def id_blank_said(id: pl.Series) -> pl.Series:  # noqa: A002  -- the column's name
    """What it is instead of an id."""
    said = [f"expected an id that is seen, found {named(one)}" for one in id]
    return pl.Series(said, dtype=pl.String)


@words()
def context_blank_said(context: Shared) -> pl.Series:
    """How many characters nobody sees."""
    return _each(
        lambda whole: f"expected something that is seen, found {many(len(whole), 'character')} of "
        f"which nothing is",
        context.values.gather(context.which),
    )  # fmt: skip
