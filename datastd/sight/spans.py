"""Answers after tokenisation: where the pipeline has them, and where they are."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from datastd.sight.parts import array, part
from datastd.sight.pipeline import Pipeline
from datastd.sight.raw import Answer


class Tokens(NamedTuple):
    """
    The tokens of the context in a window.

    Attributes:
        places: Their numbers in the window; int64, shape (N,).
        starts: Where each begins in the context, in characters.
        ends: Where each ends.
    """

    places: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def span(item: object, pipeline: Pipeline) -> tuple[int | None, int | None]:
    """The first and the last token of the answer, as the pipeline has it."""
    found = [array(part(item, name, pipeline)) for name in ("start", "end")]
    first, last = (int(one.reshape(-1)[0]) if one is not None and one.size else None
                   for one in found)  # fmt: skip
    return first, last


def tokens(item: object, pipeline: Pipeline) -> Tokens | None:
    """
    The tokens of the context: those with offsets, where some have none; else of its sequence.

    Where nothing tells sequences apart, they are what lies on its side of the last token that
    has no characters, such as the one between question and context.
    """
    offsets = part(item, "offsets", pipeline)
    if offsets is None:
        return None
    pairs = [(0, 0) if one is None else (int(one[0]), int(one[1])) for one in offsets]  # type: ignore[attr-defined]
    starts, ends = np.array(pairs, np.int64).reshape(-1, 2).T
    there = ends > starts
    said: Any = part(item, "sequences", pipeline)
    sequences = () if said is None else np.ravel(said) if isinstance(said, np.ndarray) else said
    of = np.array([-1 if one is None else int(one) for one in sequences], np.int64)
    if any(one is None for one in offsets):  # type: ignore[attr-defined]
        pass
    elif (of == 1).any():  # where there is but one, they are no sequences of two texts
        there &= of == pipeline.context
    else:
        there &= _side(starts, ends, pipeline.context)
    places = np.flatnonzero(there)
    return Tokens(places, starts[places], ends[places])


def _side(starts: NDArray[np.int64], ends: NDArray[np.int64], context: int) -> NDArray[np.bool_]:
    """The tokens on one side of the last one without characters that has some on both."""
    number, some = np.arange(len(starts)), np.flatnonzero(ends > starts)
    parting = np.flatnonzero((starts == 0) & (ends == 0))
    if len(some):
        parting = parting[(parting > some[0]) & (parting < some[-1])]
    if not len(parting):
        return np.ones(len(starts), np.bool_)
    side: NDArray[np.bool_] = number > parting[-1] if context else number < parting[-1]
    return side


def held(
    known: Tokens, answer: Answer, context: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """
    The tokens that may be the first of an answer, and the last; several may share a character.

    None where the answer, less white space around it, does not lie wholly in the window.
    """
    inside = context[answer.start : answer.start + len(answer.text)]
    start = answer.start + len(inside) - len(inside.lstrip())
    stop = answer.start + len(inside.rstrip())
    if start >= stop or not len(known.places):
        return None
    if known.starts[0] > start or known.ends[-1] < stop:
        return None
    firsts = known.places[(known.starts <= start) & (start < known.ends)]
    lasts = known.places[(known.starts < stop) & (stop <= known.ends)]
    firsts = firsts if len(firsts) else known.places[known.starts > start][:1]
    lasts = lasts if len(lasts) else known.places[known.ends < stop][-1:]
    is_there = len(firsts) and len(lasts) and firsts[0] <= lasts[-1]  # else no token has any of it
    return (firsts, lasts) if is_there else None


def expected(
    known: Tokens,
    answers: Iterable[Answer],
    context: str,
    none: tuple[int, int],
    seen: tuple[int, int],
) -> tuple[int, int]:
    """
    The span of a window: the one that was *seen*, if it is one that is right.

    Right is that of any answer; and *none*, if there is an answer that is not in it, or no answer.
    """
    found = [held(known, answer, context) for answer in answers]
    spans = [one for one in found if one]
    if any(seen[0] in firsts and seen[1] in lasts for firsts, lasts in spans):
        return seen
    if not spans or (None in found and seen == none):
        return none
    return int(spans[0][0][0]), int(spans[0][1][-1])
