"""
The card in other people's formats, and other people's cards as ours.

An export says what the card says and what the data show: each file with its digest, each split with
its records.  It never leaves out silently: what a format asks for and the card does not state, and
what a format has no way to say, is a note.  An import is data alone: nothing in it is opened,
fetched or run, and what no field of the card takes is listed.

What each field is called elsewhere stands at the field itself, in `datastd.card.terms.Terms`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from datastd.card import Card, read
from datastd.disk import publish, read_whole, refuse_inside, refuse_place
from datastd.errors import UsageError
from datastd.exchange import croissant, eu, hf, openlineage, spdx
from datastd.exchange.objects import Left
from datastd.exchange.parcel import Parcel, parcel
from datastd.exchange.toml import whole
from datastd.model import explain
from datastd.quiet import safe

MOST = 8 << 20
"""Bytes of a card of others."""

_SHOWN = 100  # properties that were left out, by name

Writer = Callable[[Parcel], bytes]
Reader = Callable[[bytes], tuple[dict[str, Any], Left]]

WRITERS: Mapping[str, Writer] = {
    "croissant": croissant.write, "rai": croissant.write, "hf": hf.write,
    "spdx": spdx.write, "eu": eu.write, "openlineage": openlineage.write,
}  # fmt: skip
"""Formats by name; Croissant has the vocabulary of RAI in it, so that both names mean one file."""


@dataclass(frozen=True)
class Exported:
    """
    A description that was written.

    Attributes:
        path: Where it is.
        notes: What it lacks: what its format asks for, or has no way to say.
    """

    path: Path
    notes: tuple[str, ...]


def export(
    data: str | Path,
    to: str,
    out: str | Path,
    *,
    private: bool = False,
    format: str | None = None,  # noqa: A002
) -> Exported:
    """
    Write the card of a dataset in another format.

    Args:
        data: The dataset's folder.
        to: The format, one of `WRITERS`.
        out: Where the description goes: not into the dataset.
        private: Whether what only its keepers should read is in it, too.
        format: The dataset's format; none means whatever is found.

    Raises:
        UsageError: No such format, no dataset with a card, or no place to write to.
        NotJudged: A file of the dataset cannot be read.
        DataChanged: The data changed while they were looked at.
    """
    if to not in WRITERS:
        raise UsageError("--to", f"one of {', '.join(WRITERS)}", to or "an empty name")
    place = Path(out)
    refuse_inside(place, Path(data))
    refuse_place(place)
    with parcel(data, place.parent, private=private, format=format) as held:
        content = WRITERS[to](held)
    publish(place, content)
    return Exported(place, tuple(dict.fromkeys(held.notes)))


@dataclass(frozen=True)
class Imported:
    """
    A card of others as ours.

    Attributes:
        card: What was taken over.
        left: What was not, and why.
    """

    card: Card
    left: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """What was not taken over, for people: the first of it, and how much there is."""
        more = len(self.left) - _SHOWN
        shown = [f"left out: {safe(one)}" for one in self.left[:_SHOWN]]
        return [*shown, f"left out: {more} more"] if more > 0 else shown


def adopt(file: str | Path) -> Imported:
    """
    Read a card in another format: Croissant, or a README of Hugging Face.

    Raises:
        UsageError: No such file, or it is neither; or a digest in it is a placeholder.
    """
    place = Path(file)
    content = read_whole(place, most=MOST, what="a card")
    try:
        tables, left = _reader(content)(content)
        card = Card.of_tables({"card_version": 1, **tables})
    except ValidationError as error:
        raise UsageError(str(place), "values of a card", explain(error)) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(str(place), "a card in Croissant or of Hugging Face", f"{error}") from None
    return Imported(card, tuple(left.said))


def _reader(content: bytes) -> Reader:
    return hf.read if hf.is_one(content) else croissant.read


def adopt_to(file: str | Path, out: str | Path) -> Imported:
    """
    Write a card in another format as ours.

    Raises:
        UsageError: As `adopt` does; or no place to write to, or a card is there.
    """
    place = Path(out)
    if place.exists():
        raise UsageError(str(place), "no card", "one", "move it away, to have another written")
    refuse_place(place)
    done = adopt(file)
    head = [f"# Taken over from {safe(file)}.", *(f"# {one}" for one in done.lines)]
    content = ("\n".join(head) + "\n" + whole(done.card)).encode()
    try:
        read(content)
    except ValueError as error:  # more than a card may hold
        raise UsageError(str(file), "what a card can hold", str(error)) from None
    publish(place, content)
    return done
