"""What is wrong with answers in a text, in words: where one is instead, and what lacks."""

from collections.abc import Callable, Iterable

import numpy as np
import polars as pl

from datastd.measures import words
from datastd.measures.spans import Bits
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
