"""All that a card states, each with what it is called elsewhere."""

from collections.abc import Container, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from datastd.card import Card
from datastd.card.terms import Terms, Vocabulary


class Stated(NamedTuple):
    """
    A value of a card.

    Attributes:
        path: Where its field is, as `datastd.card.fields.places` has it.
        terms: What the field is called elsewhere.
        value: It; of a field of many values, one of them.
    """

    path: str
    terms: Terms
    value: Any


def stated(model: BaseModel, above: str = "") -> Iterator[Stated]:
    """Yield each value that a model states, in the card's order."""
    for name, field in type(model).model_fields.items():
        terms = next((one for one in field.metadata if isinstance(one, Terms)), Terms())
        yield from _each(getattr(model, name), terms, f"{above}{name}")


def _each(value: Any, terms: Terms, path: str) -> Iterator[Stated]:
    if isinstance(value, BaseModel):
        yield from stated(value, f"{path}.")
    elif isinstance(value, tuple | Mapping):
        mark = "[]" if isinstance(value, tuple) else "{}"
        for one in value if isinstance(value, tuple) else value.values():
            if isinstance(one, BaseModel):
                yield from stated(one, f"{path}{mark}.")
            else:
                yield Stated(path, terms, one)
    elif value is not None:
        yield Stated(path, terms, value)


def by_term(model: BaseModel, vocabulary: Vocabulary) -> dict[str, list[Any]]:
    """What a model states, by what a vocabulary calls it."""
    found: dict[str, list[Any]] = {}
    for _, terms, value in stated(model):
        if term := getattr(terms, vocabulary):
            found.setdefault(term, []).append(value)
    return found


def unsaid(card: Card, has: Container[str]) -> str:
    """The fields that a card states and a format does not have, by their paths."""
    paths = dict.fromkeys(path for path, _, _ in stated(card))
    return ", ".join(path for path in paths if path != "card_version" and path not in has)
