"""Texts and their ids: whether the one spells the other, and whether the end is among them."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from datastd.sight import batches, parts
from datastd.sight.chance import seed
from datastd.sight.pipeline import Pipeline
from datastd.sight.raw import Raw
from datastd.sight.sequences import Tokens

_RUN = 8  # letters that are found, or not
_MOST = 0.5  # of the tokens, of which a model has to say what they were


def alike(raw: Raw, known: Tokens, pipeline: Pipeline) -> float | None:
    """
    How much of what a record says its ids spell, or of what they spell is in the record.

    Returns:
        The share, from 0 to 1; -1 where one of them has too few letters to tell; None where ids
        cannot be decoded.
    """
    if pipeline.decode is None:
        return -1.0
    kept = np.ones(len(known.ids), np.bool_) if known.attention is None else known.attention != 0
    tried = [known.ids[kept]]
    if known.targets is not None:  # as of a masked language model
        counted = ~np.isin(known.targets, pipeline.ignore)
        if counted.mean() <= _MOST:
            tried.append(np.where(counted, known.targets, known.ids)[kept])
    stated = _runs(" ".join(_said(raw)))
    try:
        spelled = [_runs(str(pipeline.decode(one.tolist()))) for one in tried]
    except Exception:  # noqa: BLE001  -- the user's: what cannot be decoded spells nothing
        return None
    shares = [len(one & stated) / min(len(one), len(stated)) for one in spelled if one and stated]
    return max(shares, default=-1.0)


def _said(raw: Raw) -> Iterator[str]:
    """All that a record says: its turns, or its texts."""
    for turns in (raw.messages or {}).values():
        yield from (text for _, text in turns)
    yield from (one for one in raw.values.values() if isinstance(one, str))


def _runs(text: str) -> set[str]:
    """All runs of so many letters and digits in a text, whatever is between them."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(one for one in plain if one.isalnum())
    return {letters[at : at + _RUN] for at in range(len(letters) - _RUN + 1)}


class Ends(NamedTuple):
    """Whether the model gets the beginning of an answer, and the end of it."""

    begins: bool
    is_seen: bool


def ends(raw: Raw, pipeline: Pipeline, number: int) -> dict[str, Ends]:
    """
    Of the last answer on each side of a dialogue, whether the model gets its end.

    Nothing of one that is no assistant's, or too short, or of which nothing can be told.
    """
    found: dict[str, Ends] = {}
    before = _ids(raw, pipeline, number)
    for side, turns in (raw.messages or {}).items() if before else ():
        role, text = turns[-1] if turns else ("", "")
        without = _without_end(text) if role == "assistant" else []
        if not without:
            continue
        told = [_ids(_other(raw, side, text, one), pipeline, number) for one in without]
        later = _ids(_other(raw, side, text, text.lstrip()[1:]), pipeline, number)
        found[side] = Ends(later != before, any(one != before for one in told))
    return found


def _without_end(text: str) -> list[str]:
    """A text without its last word, and without its last character, as far as some is left."""
    whole = text.rstrip()
    words = whole.rsplit(maxsplit=1)[:1]
    return [one for one in dict.fromkeys((*words, whole[:-1])) if one.strip() and one != whole]


def _other(raw: Raw, side: str, text: str, said: str) -> Raw:
    """A record whose last answer on one side is another, wherever it stands."""
    turns = (raw.messages or {})[side]
    messages: Mapping[str, tuple[tuple[str, str], ...]] = {
        **(raw.messages or {}), side: (*turns[:-1], (turns[-1][0], said)),
    }  # fmt: skip
    values = {name: said if one == text else one for name, one in raw.values.items()}
    return replace(raw, messages=messages, values=values)


def _ids(raw: Raw, pipeline: Pipeline, number: int) -> list[bytes]:
    """Whole numbers that a model gets of a record: those of its items, or of a batch of them."""
    seed(number, f"said in {raw.key}")
    items = pipeline.items(raw.sample())
    found = [*_whole(items)]
    if not found and pipeline.collate is not None:
        found = [*_whole(pipeline.run("collate", [batches.bare(one) for one in items]))]
    return found


def _whole(value: object) -> Iterator[bytes]:
    """Sequences of whole numbers, wherever they are; numbers alone are none."""
    for place, one in parts.leaves(value):
        if one.dtype.kind in "iu" and one.size > 1:
            yield f"{place} {one.shape} ".encode() + np.ascontiguousarray(one, np.int64).tobytes()
