"""All that a card states, each with what it is called elsewhere."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from datastd.card.terms import Terms, Vocabulary


class Said(NamedTuple):
    """
    A value of a card.

    Attributes:
        term: What its field is called elsewhere.
        path: Where it stands, by names and numbers.
        value: It; of a field of many values, one of them.
    """

    term: str
    path: tuple[str, ...]
    value: Any


def said(model: BaseModel, vocabulary: Vocabulary, path: tuple[str, ...] = ()) -> Iterator[Said]:
    """Yield each value that a model states and a vocabulary has a term for, in the card's order."""
    for name, field in type(model).model_fields.items():
        term = next(
            (getattr(one, vocabulary) for one in field.metadata if isinstance(one, Terms)), ""
        )
        yield from _each(getattr(model, name), term, vocabulary, (*path, name))


def _each(value: Any, term: str, vocabulary: Vocabulary, path: tuple[str, ...]) -> Iterator[Said]:
    if isinstance(value, BaseModel):
        yield from said(value, vocabulary, path)
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _each(one, term, vocabulary, (*path, str(number)))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _each(one, term, vocabulary, (*path, key))
    elif value is not None and term:
        yield Said(term, path, value)
